import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { smoothingOf, USUAL_SMOOTHING } from '../../../runs/curves.js';
import { drawnRuns } from '../../../runs/drawn-runs.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Needs, Runs } from '../../../runs/runs.js';
import { hasScalars } from '../../../runs/shown-kind.js';
import type { ViewState } from './view-state.js';

/**
 * The data that the run page needs: all of the chosen run, and of the runs that are drawn beside it the scalar in the
 * timeline and our own accuracy.
 * @param tag the scalar in the timeline, as far as it is known
 */
function neededRuns(
  chosen: string | undefined,
  drawn: ReadonlySet<string>,
  tag: string | undefined,
  { smoothing }: Pick<ViewState, 'smoothing'>,
): Needs {
  return {
    whole: chosen,
    beside: drawn,
    tags: tag === undefined ? [SCALAR_TAGS.testAccuracy] : [tag, SCALAR_TAGS.testAccuracy],
    // The accuracy on the test set is drawn as it was logged.
    weightOf: (one, points) => (one === tag ? smoothingOf(one, points, smoothing) : 0),
    weights: [0, smoothing ?? USUAL_SMOOTHING],
  };
}

/** By run, whether it has anything to draw, as far as that is known. */
export type DrawnCurves = ReadonlyMap<string, boolean>;

function curvesOf({ beside, tags }: Needs, data: ReadonlyMap<string, RunData>): DrawnCurves {
  return new Map(
    [...beside].map((run) => {
      const held = data.get(run);
      const isKnown = held !== undefined && held.generation >= 0;
      return [run, !isKnown || held.scalarTags.some((tag) => tags.includes(tag))];
    }),
  );
}

/**
 * Requests the data of the chosen run and of the runs that are drawn beside it, which are those of the filtered list
 * that the user wants. Returns the latter; `before` itself when nothing has changed.
 */
export function holdRuns(
  runs: Runs,
  chosen: string | undefined,
  tag: string | undefined,
  view: ViewState,
  before: DrawnCurves,
): DrawnCurves {
  const choice = { others: runs.others.get(), shown: runs.shown.get(), hidden: runs.hidden.get() };
  const listed = runs.table.listed.get().runs;
  const drawn = drawnRuns(listed, chosen, choice, { hasShown: hasScalars, order: runs.newest });
  const needs = neededRuns(chosen, drawn, tag, view);
  runs.hold('run', needs);
  const curves = curvesOf(needs, runs.data.get());
  const isSame =
    curves.size === before.size && [...curves].every(([run, hasCurve]) => before.get(run) === hasCurve);
  return isSame ? before : curves;
}
