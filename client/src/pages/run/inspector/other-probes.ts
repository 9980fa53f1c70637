/** Where the captures of a run pass from some probe pictures to others. */
import { formatStep } from '../../../ui/format.js';

/** Which captures, by their place among the steps, are of other probes than the one before. */
export function withOtherProbes(
  steps: readonly number[],
  probesOf: (step: number) => number | undefined,
): readonly number[] {
  return steps.flatMap((step, index) =>
    index > 0 && probesOf(step) !== probesOf(steps[index - 1]!) ? [index] : [],
  );
}

/** Steps that are named; of more, only their number. */
const MOST_NAMED = 3;

/** What the lines between tiles mean. @param steps with which other probes begin */
export function otherProbesText(steps: readonly number[]): string | undefined {
  if (steps.length === 0) return undefined;
  const named = steps.slice(0, MOST_NAMED).map(formatStep);
  if (steps.length > MOST_NAMED) named.push(`${steps.length - MOST_NAMED} more`);
  const last = named.pop();
  const list = named.length === 0 ? last : `${named.join(', ')} and ${last}`;
  return `Other probe pictures from ${steps.length === 1 ? 'step' : 'steps'} ${list} on, behind a line.`;
}
