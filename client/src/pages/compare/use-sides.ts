/** What a grid shows of a side, for tests and diagnostics. */
import { useStore } from '../../ui/store.js';
import { useCompare } from './compare-context.js';
import { roleOf } from './stage.js';
import type { SideName, Stage } from './view.js';

export function useSides(
  side: SideName,
  stage: Stage,
): { readonly step: number | undefined; readonly tag: string; readonly layer: string } {
  const store = useCompare()[side];
  const layer = useStore(store, (state) => state.layer);
  const role = roleOf(stage, layer);
  const step = useStore(store, ({ frame }) => frame?.[role]?.step);
  return { step, tag: layer?.[role]?.tag ?? '', layer: layer?.name ?? '' };
}
