import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { lossTag, testAccuracyTag } from '../../../runs/curves.js';
import type { Needs } from '../../../runs/runs.js';
import type { ViewState } from './view-state.js';

/** The largest number of other runs whose curves are drawn. */
const MOST_OTHER_RUNS = 7;

/** The data that the run page needs: all of the chosen run, and loss and accuracy of the newest other runs. */
export function neededRuns(
  chosen: string | undefined,
  runs: readonly RunSummary[],
  hidden: ReadonlySet<string>,
  { curve, smoothing }: Pick<ViewState, 'curve' | 'smoothing'>,
): Needs {
  const others = runs
    .filter(({ run }) => run !== chosen && !hidden.has(run))
    .sort((a, b) => b.lastWallTime - a.lastWallTime)
    .slice(0, MOST_OTHER_RUNS);
  return {
    whole: chosen,
    beside: new Set(others.map(({ run }) => run)),
    scalarsOf: (tags) =>
      [curve ?? lossTag(tags), testAccuracyTag(tags)].filter(
        (tag): tag is string => tag !== undefined && tags.includes(tag),
      ),
    weights: [0, smoothing],
  };
}
