/** The tags that the drawn runs have of some kind, for pages that show a card for each. */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { useMemo } from 'react';
import { type DrawnRun, useDrawnRuns } from '../runs/use-drawn-runs.js';
import { plural } from '../ui/format.js';
import { useStoreList } from '../ui/store.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../ui/use-waiting.js';
import { useBlobs, useBlobTags, useHasAllTags, useHeldRuns } from './use-blobs.js';

export interface TaggedRun {
  readonly run: DrawnRun;
  readonly tag: TagSummary;
}

export interface RunTags {
  readonly drawn: readonly DrawnRun[];
  /** By tag, in the order of the list of runs. */
  readonly runsOf: ReadonlyMap<string, readonly TaggedRun[]>;
  /** Why the last requests for tags or rows failed, by run. They are made again by themselves. */
  readonly problems: readonly string[];
  /** Whether all tags of the drawn runs are known, whose logs were read to their ends. */
  readonly isKnown: boolean;
}

/** Holds the drawn runs for `page`. @param isShown must stay the same function */
export function useRunTags(page: string, isShown: (tag: TagSummary) => boolean): RunTags {
  const drawn = useDrawnRuns();
  const names = useMemo(() => drawn.map(({ run }) => run), [drawn]);
  useHeldRuns(page, names);
  const tagsOf = useBlobTags(names);
  const runsOf = useMemo(() => {
    const found = new Map<string, TaggedRun[]>();
    for (const [at, tags] of tagsOf.entries()) {
      const run = drawn[at];
      if (run === undefined) continue;
      for (const tag of tags ?? []) {
        if (!isShown(tag)) continue;
        const of = found.get(tag.tag);
        if (of === undefined) found.set(tag.tag, [{ run, tag }]);
        else of.push({ run, tag });
      }
    }
    return found;
  }, [tagsOf, drawn, isShown]);
  const problems = useRunProblems(drawn);
  const isKnown = useHasAllTags(names);
  useCompleteWhenNothingWaits();
  useWaiting(!isKnown);
  return { drawn, runsOf, problems, isKnown };
}

/** What is wrong with runs, as sentences: one of several runs is said once, with their number. */
export function problemsOfRuns(problems: readonly (readonly [run: string, problem: string])[]): string[] {
  const byProblem = new Map<string, string[]>();
  for (const [run, problem] of problems) byProblem.set(problem, [...(byProblem.get(problem) ?? []), run]);
  return [...byProblem].map(([problem, runs]) => {
    const [first = '', ...more] = runs;
    return `${more.length === 0 ? first : `${plural(runs.length, 'run')}, such as ${first}`}: ${problem}`;
  });
}

/** Why the last requests for tags or rows of these runs failed. They are made again by themselves. */
export function useRunProblems(runs: readonly DrawnRun[]): readonly string[] {
  const blobs = useBlobs();
  return useStoreList(blobs.version, () =>
    problemsOfRuns(
      runs.flatMap(({ run }) => {
        const error = blobs.error(run);
        return error === undefined ? [] : [[run, error] as const];
      }),
    ),
  );
}
