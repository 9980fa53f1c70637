import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { lossTag, testAccuracyTag } from '../../../runs/curves.js';
import type { Needs } from '../../../runs/runs.js';
import type { ViewState } from './view-state.js';

/** Other runs whose curves are drawn beside the chosen one. */
const MOST_OTHER_RUNS = 7;

/** What the run page needs: the chosen run in full, and of the newest others loss and accuracy. */
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
