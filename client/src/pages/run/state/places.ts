import type { Selection } from './selection.js';
import type { ViewState } from './view-state.js';

/**
 * Whether a change leads to another run, layer, channel or pixel. `shownLayer` is the layer that is shown if the view names
 * none, and `select` returns the selection, which has the pixel.
 */
export function leadsElsewhere(
  { run, layer, channel, y, x }: Partial<ViewState>,
  view: ViewState,
  shownLayer: string | undefined,
  select: () => Pick<Selection, 'y' | 'x'> | undefined,
): boolean {
  if (run !== undefined && run !== view.run) return true;
  if (layer !== undefined && layer !== (view.layer ?? shownLayer)) return true;
  if (channel !== undefined && channel !== view.channel) return true;
  if (y === undefined && x === undefined) return false;
  const selection = select();
  return y !== selection?.y || x !== selection?.x;
}

/** Whether a change leads to another layer than `shownLayer`, or to another run. */
export function isOtherLayer(
  { run, layer }: Partial<ViewState>,
  view: ViewState,
  shownLayer: string | undefined,
): boolean {
  return (
    (run !== undefined && run !== view.run) ||
    (layer !== undefined && layer !== (view.layer ?? shownLayer) && layer !== shownLayer)
  );
}
