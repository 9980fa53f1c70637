import type { Curve } from '../../../series/curve.js';
import type { Part } from '../../../series/pixel-columns.js';
import type { RunView } from '../state/run-view.js';

/** The steps of the captures, and the newest step. Without captures or a curve it is not known where the run began. */
export function stepsOf(
  { steps, lastStep, scalarTags }: Pick<RunView, 'steps' | 'lastStep' | 'scalarTags'>,
  main: Curve | undefined,
): Part | undefined {
  if (steps.length > 0) return { first: steps[0]!, last: Math.max(steps.at(-1)!, lastStep) };
  // As it is before the first record.
  if (scalarTags.length === 0 && lastStep === -1) return undefined;
  return { first: main === undefined ? Math.min(0, lastStep) : lastStep, last: lastStep };
}
