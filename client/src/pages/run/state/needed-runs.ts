import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { USUAL_SMOOTHING } from '../../../runs/curves.js';
import type { Needs } from '../../../runs/runs.js';
import type { ViewState } from './view-state.js';

/** The largest number of other runs whose curves are drawn. */
const MOST_OTHER_RUNS = 7;

/**
 * The data that the run page needs: all of the chosen run, and of the newest other runs the scalar in the timeline and our
 * own accuracy.
 * @param tag the scalar in the timeline, as far as it is known
 */
export function neededRuns(
  chosen: string | undefined,
  runs: readonly RunSummary[],
  hidden: ReadonlySet<string>,
  tag: string | undefined,
  { smoothing }: Pick<ViewState, 'smoothing'>,
): Needs {
  const others = runs
    .filter(({ run }) => run !== chosen && !hidden.has(run))
    .sort((a, b) => b.lastWallTime - a.lastWallTime)
    .slice(0, MOST_OTHER_RUNS);
  return {
    whole: chosen,
    beside: new Set(others.map(({ run }) => run)),
    scalarsOf: (tags) =>
      [tag, SCALAR_TAGS.testAccuracy].filter((one): one is string => one !== undefined && tags.includes(one)),
    weights: [0, smoothing ?? USUAL_SMOOTHING],
  };
}
