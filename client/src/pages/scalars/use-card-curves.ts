/** What a card draws: its curves and how they are drawn, which it also tells those who fetch them. */
import { useContext, useEffect, useMemo } from 'react';
import type { Limits } from '../../charts/value-limits.js';
import { usePalette } from '../../drawing/palette.js';
import type { Part } from '../../series/pixel-columns.js';
import { useStoreValue } from '../../ui/store.js';
import { type CardLook, type CurveSource, lookOf } from './card-drawing.js';
import type { CardName } from './cards.js';
import { smoothingLook } from './curve-smoothing.js';
import { curveSources } from './curve-sources.js';
import { columnsOf } from './plot-columns.js';
import { DrawnRunsContext, useScalars } from './scalars-context.js';
import { useTagVersion } from './use-tag-version.js';

/** What a card is zoomed into, in data units; undefined for all of it. */
export interface CardZoom {
  readonly x: Part | undefined;
  readonly y: Limits | undefined;
}

/** How a card is drawn, but for its size. */
export type SizelessLook = Omit<CardLook, 'width' | 'height'>;

export function useCardCurves(
  { id, tags, chart }: CardName,
  zoom: CardZoom,
  /** Of its plot, in pixels. */
  width: number,
): { readonly sources: readonly CurveSource[]; readonly look: SizelessLook } {
  const state = useScalars();
  const runs = useContext(DrawnRunsContext);
  const { x, logX, logY, smoothing, ignoreOutliers, band, earlier, group, link, range } = useStoreValue(
    state.view,
  );
  const { utc } = useStoreValue(state.preferences);
  const listing = useStoreValue(state.listing.tags);
  const { tokens } = usePalette();
  const version = useTagVersion(tags);
  const shown = link === 'range' ? range : zoom.x;
  const look = useMemo(
    (): SizelessLook => ({
      ...{ x, logX, logY, ...smoothingLook(smoothing), ignoreOutliers, band, utc, earlier },
      range: shown,
      values: zoom.y,
      axes: undefined,
    }),
    [x, logX, logY, smoothing, ignoreOutliers, band, utc, earlier, shown, zoom.y],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is held is looked at anew when something has come
  const sources = useMemo(
    () =>
      curveSources({
        runs,
        tags,
        margins: chart?.margins,
        group,
        tokens,
        trackOf: (run, tag) => (listing?.byRun.get(run)?.has(tag) ? state.tracks.track(run, tag) : undefined),
      }),
    [runs, tags, chart, group, tokens, listing, state, version],
  );
  const columns = columnsOf(width);
  useEffect(() => {
    if (columns > 0) state.showCard(id, { tags, look: lookOf({ ...look, width: columns }) });
  }, [state, id, tags, look, columns]);
  return { sources, look };
}
