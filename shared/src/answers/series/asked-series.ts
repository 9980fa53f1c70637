import type { RunSet } from '../../log-index/run.js';
import type { Refusal, SeriesRun } from '../../protocol/series.js';
import { TimeBudget } from '../../time-budget.js';
import { type Asked, type Extent, extentOf, type Shown } from './read-series.js';
import { scalarsOf } from './scalars.js';
import { listed, type SelectedSeries, type Selection, selectSeries } from './select-series.js';

/** The series of one request, found and ready to be read one by one. */
export interface AskedSeries {
  readonly runs: readonly SeriesRun[];
  readonly tags: readonly string[];
  readonly series: readonly SelectedSeries[];
  readonly budget: TimeBudget;
  /** Null when it is refused: its run is gone, or was read anew since the request. */
  open(series: SelectedSeries): Asked | null;
  refuse(refusal: Refusal): void;
  /** What has been refused so far. */
  refused(): Refusal[];
  /** Where x begins and ends over all series of a tag. */
  extent(tag: number): Promise<Extent>;
}

export async function askSeries(
  set: RunSet,
  selection: Selection,
  shown: Pick<Shown, 'x' | 'replaced'>,
): Promise<AskedSeries> {
  const budget = new TimeBudget();
  const selected = await budget.do(selectSeries(set, selection));
  const refused = [...selected.refused];
  const runs = selected.runs.map(({ id, generation }) => ({ run: id, generation }));
  const origins = selected.runs.map((run) => (shown.x === 'relative' ? run.summary().firstWallTime : 0));
  const extents = new Map<number, Promise<Extent>>();

  const scalarsAt = ({ run, tag }: SelectedSeries): Asked | null => {
    const known = selected.runs[run];
    const isSame = known?.generation === runs[run]?.generation && set.runs.get(known?.id ?? '') === known;
    const scalars = known && isSame ? scalarsOf(known, selected.tags[tag] ?? '') : null;
    return scalars && { run, tag, scalars, origin: origins[run] ?? 0 };
  };
  const findExtent = (tag: number): Promise<Extent> => {
    const ofTag = selected.series.filter((series) => series.tag === tag).map(scalarsAt);
    return budget.do(
      extentOf(
        ofTag.filter((series) => series !== null),
        shown,
      ),
    );
  };
  return {
    runs,
    tags: selected.tags,
    series: selected.series,
    budget,
    open(series) {
      const asked = scalarsAt(series);
      if (!asked) {
        const [run, tag] = [runs[series.run]?.run, selected.tags[series.tag]];
        refused.push({ run, tag, reason: 'The files of the run were replaced meanwhile; ask again.' });
      }
      return asked;
    },
    refuse: (refusal) => refused.push(refusal),
    refused: () => listed(refused),
    extent(tag) {
      const known = extents.get(tag) ?? findExtent(tag);
      extents.set(tag, known);
      return known;
    },
  };
}
