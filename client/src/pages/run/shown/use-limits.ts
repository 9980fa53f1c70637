/** The limits of the colours of each grid, from the scale lock, the handles of the legend and the captures. */
import type { Kernels } from '@convscope/shared/convolution/terms.js';
import { useCallback, useMemo, useState } from 'react';
import { type Lock, limitsOf, NO_RANGE, topOf } from '../../../drawing/limits.js';
import type { Limits } from '../../../drawing/lut.js';
import type { MapStack } from '../../../drawing/map-stack.js';
import { useStore } from '../../../ui/store.js';
import type { MapRecord } from '../frames/frame.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';
import type { PaneName } from '../state/view-state.js';

/** Limits of the colours of a grid of maps, and how to change and highlight them. */
export function useLimits(
  pane: PaneName,
  stack: MapStack | undefined,
  record: MapRecord | undefined,
  tag: string | undefined,
  signed: boolean,
  lock: Lock,
) {
  const app = useRunPage();
  const chosen = useStore(app.view, (view) => view.limits[pane]);
  // Only the range of this tag: others changing must not repaint this grid.
  const runRange = useStore(app.frames.history.ranges, (ranges) =>
    tag === undefined || lock !== 'run' ? undefined : ranges.get(tag),
  );
  // A number, so that `limits` stays the same function while the limits are the same, and nothing is repainted.
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

/** Symmetric limits of the kernels: the largest absolute weight of the channel, the layer or the run. */
export function useKernelLimits(selection: Selection): Limits {
  const app = useRunPage();
  const lock = useStore(app.view, (view) => view.lock);
  const chosen = useStore(app.view, (view) => view.limits.kernels);
  const { kernels, channel, layer, frame } = selection;
  const tag = layer.weight?.tag;
  const seen = useStore(app.frames.history.ranges, (ranges) =>
    tag === undefined ? undefined : ranges.get(tag),
  );
  return useMemo(() => {
    if (chosen !== undefined) return chosen;
    const range = frame?.weight?.decoded.range;
    let top = Math.max(Math.abs(range?.min ?? 0), Math.abs(range?.max ?? 0));
    if (lock === 'channel' && kernels !== undefined) top = largestOf(kernels, channel);
    if (lock === 'run') top = Math.max(top, Math.abs(seen?.min ?? 0), Math.abs(seen?.max ?? 0));
    // Kernels that are all zero or not loaded have the same colour under any limits.
    return top === 0 ? { lo: -1, hi: 1 } : { lo: -top, hi: top };
  }, [lock, chosen, seen, kernels, channel, frame]);
}

function largestOf(kernels: Kernels, channel: number): number {
  const size = kernels.shape[1] * kernels.shape[2] * kernels.shape[3];
  let top = 0;
  for (let at = channel * size; at < (channel + 1) * size; at++) {
    const value = Math.abs(kernels.data[at]!);
    if (Number.isFinite(value) && value > top) top = value;
  }
  return top;
}
