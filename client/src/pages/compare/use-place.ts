/** The place that all grids mark: the one under the pointer, or else the pinned one. */
import { useMemo } from 'react';
import { useStoreValue } from '../../ui/store.js';
import { useCompare, useView } from './compare-context.js';
import type { Hover } from './compare-state.js';
import { type Comparison, pinned } from './comparison.js';

export interface MarkedPlace extends Hover {
  readonly isHovered: boolean;
}

export function usePlace({ a, b }: Pick<Comparison, 'a' | 'b'>): MarkedPlace {
  const hover = useStoreValue(useCompare().hover);
  const channel = useView((view) => view.channel);
  const y = useView((view) => view.y);
  const x = useView((view) => view.x);
  const shape = a?.shape ?? b?.shape;
  return useMemo(() => {
    if (hover !== undefined) return { ...hover, isHovered: true };
    return { channel, ...pinned({ y, x }, shape ?? [1, 1, 1]), isHovered: false };
  }, [hover, channel, y, x, shape]);
}
