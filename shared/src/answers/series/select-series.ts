import type { Run, RunSet } from '../../log-index/run.js';
import { type Refusal, SERIES_LIMITS, type SeriesRequest } from '../../protocol/series.js';

/** Which series a request is about. */
export type Selection = Pick<SeriesRequest, 'runs' | 'runFilter' | 'tags' | 'tagPrefix'>;

/** A series by its places among the runs and tags of the answer. */
export interface SelectedSeries {
  readonly run: number;
  readonly tag: number;
}

export interface Selected {
  readonly runs: readonly Run[];
  readonly tags: readonly string[];
  readonly series: readonly SelectedSeries[];
  readonly refused: readonly Refusal[];
}

/** Series that are looked for before other work may run. */
const SERIES_AT_ONCE = 1000;

/**
 * The series of a logdir that match everything that is given, run by run, in the order of the request where it names them.
 * A run that does not log a tag is not a refusal; a tag that none of the runs logs is.
 */
export function* selectSeries(set: RunSet, selection: Selection): Generator<void, Selected> {
  const refused: Refusal[] = [];
  const runs: Run[] = [];
  const tagNumbers = new Map<string, number>();
  const series: SelectedSeries[] = [];
  let beyond = 0;
  let looked = 0;
  for (const run of runsOf(set, selection, refused)) {
    const isOne = runs.length;
    for (const tag of tagsOf(run, selection)) {
      if (++looked % SERIES_AT_ONCE === 0) yield;
      if (tag === null) continue;
      if (series.length >= SERIES_LIMITS.series) {
        beyond++;
        continue;
      }
      if (runs.length === isOne) runs.push(run);
      let number = tagNumbers.get(tag);
      if (number === undefined) {
        number = tagNumbers.size;
        tagNumbers.set(tag, number);
      }
      series.push({ run: isOne, tag: number });
    }
  }
  if (beyond > 0) {
    const reason = `A request is answered with at most ${SERIES_LIMITS.series} series; ask for the others by themselves.`;
    refused.push({ series: beyond, reason });
  } else {
    for (const tag of new Set(selection.tags)) {
      if (!tagNumbers.has(tag)) refused.push({ tag, reason: 'None of the runs has scalars of this tag.' });
    }
  }
  return { runs, tags: [...tagNumbers.keys()], series, refused };
}

/** As many refusals as an answer lists; the others are counted. */
export function listed(refused: readonly Refusal[]): Refusal[] {
  if (refused.length <= SERIES_LIMITS.refusals) return [...refused];
  const rest = refused.slice(SERIES_LIMITS.refusals);
  return [
    ...refused.slice(0, SERIES_LIMITS.refusals),
    { series: rest.length, reason: 'These are refused too, for reasons such as those above.' },
  ];
}

function* runsOf(set: RunSet, { runs, runFilter }: Selection, refused: Refusal[]): Generator<Run> {
  const text = runFilter?.toLowerCase() ?? '';
  const matches = (id: string) => text === '' || id.toLowerCase().includes(text);
  if (runs === undefined) {
    for (const run of set.runs.values()) if (matches(run.id)) yield run;
    return;
  }
  for (const id of new Set(runs)) {
    const run = set.runs.get(id);
    if (!run) refused.push({ run: id, reason: `There is no such run in ${set.name}.` });
    else if (matches(id)) yield run;
  }
}

/** The tags of a run that match; null for one that does not, so that the search can pause. */
function* tagsOf(run: Run, { tags, tagPrefix = '' }: Selection): Generator<string | null> {
  if (tags === undefined) {
    for (const { kind, tag } of run.columns())
      yield kind === 'scalar' && tag.startsWith(tagPrefix) ? tag : null;
    return;
  }
  for (const tag of new Set(tags)) yield tag.startsWith(tagPrefix) && run.column(tag, 'scalar') ? tag : null;
}
