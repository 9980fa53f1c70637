/** What the address asks for and the log does not hold. */
import { indexAt } from '@convscope/shared/sorted.js';
import { nearest } from '../frames/frame.js';
import type { RunView } from './run-view.js';
import type { ViewState } from './view-state.js';

export interface AbsentStep {
  /** `log`: nothing was logged at this step. `maps`: only maps were not. */
  readonly from: 'log' | 'maps';
  readonly step: number;
  /** The nearest captures. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Undefined if the step is there, or while that is not known. */
export function absentStep({ step }: Pick<ViewState, 'step'>, run: RunView): AbsentStep | undefined {
  if (step === undefined || !run.isComplete || run.lastStep < 0) return undefined;
  const { steps } = run;
  const index = indexAt(steps, step);
  if (steps[index] === step) return undefined;
  const isLogged = run.data.hasStep(step);
  if (isLogged === undefined) return undefined;
  // In a log without maps any step between the first and the last can be gone to.
  const isWithin = () => step >= (run.data.firstStep ?? 0) && step <= run.lastStep;
  if (steps.length === 0 && (isLogged || isWithin())) return undefined;
  return { from: isLogged ? 'maps' : 'log', step, before: steps[index], after: steps[index + 1] };
}

/** The step that the view asks for; the nearest one if nothing was logged at that step. */
export function wishedStep(view: Pick<ViewState, 'step'>, run: RunView): number | undefined {
  const absent = absentStep(view, run);
  if (absent?.from !== 'log') return view.step;
  return nearest(run.steps, absent.step) ?? run.lastStep;
}

/** The layer that the address asks for, if the log has maps but none of this layer. */
export function absentLayer({ layer }: Pick<ViewState, 'layer'>, run: RunView): string | undefined {
  if (layer === undefined || !run.isComplete || run.views.length === 0) return undefined;
  return run.views.some(({ name }) => name === layer) ? undefined : layer;
}
