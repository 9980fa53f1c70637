/** What the panes share: limits, hover, and picking. */
import { useCallback, useMemo, useState } from 'react';
import type { Lock } from '../../../drawing/limits.js';
import { limitsOf, NO_RANGE, topOf } from '../../../drawing/limits.js';
import type { Limits } from '../../../drawing/lut.js';
import { boundOf, type MapStack, valueAt } from '../../../drawing/map-stack.js';
import { formatValue } from '../../../ui/format.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { showTip } from '../../../ui/tooltip.js';
import type { MapRecord } from '../frames/frame.js';
import { useApp } from '../run-page-context.js';
import type { Hover } from '../state/run-page-state.js';
import { outputAt, type Selection, type Window, windowOf } from '../state/selection.js';
import type { PaneName } from '../state/view-state.js';
import type { MapPlace } from './map-grid.js';

/** Limits of a grid's colours as lock, hands and captures have it, and how to change them. */
export function useLimits(
  pane: PaneName,
  stack: MapStack | undefined,
  record: MapRecord | undefined,
  tag: string | undefined,
  signed: boolean,
  lock: Lock,
) {
  const app = useApp();
  const chosen = useStore(app.view, (view) => view.limits[pane]);
  // The range of this tag alone: what others do repaints nothing here.
  const runRange = useStore(app.frames.ranges, (ranges) =>
    tag === undefined || lock !== 'run' ? undefined : ranges.get(tag),
  );
  // A number, so that limits which have not moved stay the same function, and nothing is painted again.
  const top = topOf((lock === 'run' ? runRange : undefined) ?? record?.range ?? NO_RANGE, signed);
  const limits = useMemo(() => {
    if (stack === undefined) return () => chosen ?? { lo: signed ? -1 : 0, hi: 1 };
    return limitsOf({ stack, top, lock, signed, chosen });
  }, [stack, top, lock, signed, chosen]);
  const setLimits = useCallback(
    (next: Limits | undefined) => {
      const { [pane]: _, ...others } = app.view.get().limits;
      app.show({ limits: next === undefined ? others : { ...others, [pane]: next } });
    },
    [app, pane],
  );
  const [highlight, setHighlight] = useState<Limits | undefined>(undefined);
  return { limits, chosen: chosen !== undefined, setLimits, highlight, setHighlight };
}

/** The output pixel that is outlined: under the pointer, else the pinned one. The same object until it is another. */
export function useOutlined(
  selection: Selection | undefined,
): { readonly y: number; readonly x: number } | undefined {
  const app = useApp();
  const hover = useStoreValue(app.hover);
  const at =
    selection === undefined || hover === undefined
      ? selection
      : hover.grid === 'output'
        ? hover
        : outputAt(selection, hover.y, hover.x);
  const [y, x] = [at?.y, at?.x];
  return useMemo(() => (y === undefined || x === undefined ? undefined : { y, x }), [y, x]);
}

/** Marks of both grids; the same objects until the pixel is another, since a grid's labels are drawn with its mark. */
export function useMarks(selection: Selection | undefined): { input: Window; output: Window } | undefined {
  const outlined = useOutlined(selection);
  const description = selection?.description;
  return useMemo(() => {
    if (outlined === undefined) return undefined;
    const { y, x } = outlined;
    return { input: windowOf(description, y, x), output: { y0: y, y1: y, x0: x, x1: x } };
  }, [description, outlined]);
}

/** "2.371", or "≈ 2.371" for a value that was stored in 8 bits. */
export function valueText(stack: MapStack, { channel, y, x }: MapPlace, digits = 3): string {
  const value = valueAt(stack, channel, y, x);
  const approximate =
    boundOf(stack, channel) > 0 && Number.isFinite(value) && !(stack.rectified && value === 0);
  return `${approximate ? '≈ ' : ''}${formatValue(value, digits)}`;
}

export function useGridHover(
  grid: Hover['grid'],
  stack: MapStack | undefined,
  nameOf: (channel: number) => string,
) {
  const app = useApp();
  return useCallback(
    (place: MapPlace | undefined, at: { readonly x: number; readonly y: number }) => {
      const old = app.hover.get();
      if (place === undefined) {
        app.hover.set(undefined);
        showTip(undefined);
        return;
      }
      const same =
        old?.grid === grid && old.channel === place.channel && old.y === place.y && old.x === place.x;
      if (!same) app.hover.set({ grid, ...place });
      showTip(
        stack === undefined
          ? undefined
          : {
              value: valueText(stack, place),
              place: `${nameOf(place.channel)}, y ${place.y}, x ${place.x}`,
              ...at,
            },
      );
    },
    [app, grid, stack, nameOf],
  );
}
