/** Marks the pixel of a grid that is under the pointer and shows its value in the tooltip. */
import { useCallback } from 'react';
import { type MapStack, readingAt } from '../../../drawing/map-stack.js';
import type { MapPlace } from '../../../grids/map-grid.js';
import { formatReading } from '../../../ui/format.js';
import { showTip } from '../../../ui/tooltip.js';
import { useRunPage } from '../run-page-context.js';
import type { Hover } from '../state/run-page-state.js';

/** "2.371", or "≈ 2.371 ± 0.008" for a value that was stored with 8 bits. */
export function valueText(stack: MapStack, { channel, y, x }: MapPlace): string {
  return formatReading(readingAt(stack, channel, y, x));
}

export function useGridHover(
  grid: Hover['grid'],
  stack: MapStack | undefined,
  nameOf: (channel: number) => string,
) {
  const app = useRunPage();
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
