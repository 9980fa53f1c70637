/** What the tooltip of the strip says of a step. */
import { scalarText } from '../../../charts/tick-text.js';
import type { StripCurves } from '../../../runs/curves.js';
import type { Reading } from '../../../series/curve.js';
import { formatPercent, formatStep } from '../../../ui/format.js';

type TipCurves = Pick<StripCurves, 'tag' | 'main' | 'testAccuracy' | 'gaps'>;

export function tipOf(
  curves: TipCurves | undefined,
  step: number,
): { readonly value: string; readonly place: string } {
  const at = `step ${formatStep(step)}`;
  const { tag, main, testAccuracy, gaps } = curves ?? {};
  const test = testAccuracy?.readingAt(step, gaps);
  const beside = test === undefined ? '' : `, test acc ${formatPercent(test.raw)}${ofStep(test, step)}`;
  if (tag === undefined || main === undefined) return { value: '', place: `${at}${beside}` };
  const reading = main.readingAt(step, gaps);
  if (reading === undefined) return { value: 'no data', place: `${tag} at ${at}${beside}` };
  const raw = `raw ${scalarText(reading.raw)}`;
  return {
    value: main.weight === 0 ? raw : `smooth ${scalarText(reading.smoothed)}, ${raw}`,
    place: `${tag}${ofStep(reading, step)} at ${at}${beside}`,
  };
}

/** The step of a value that is older than the one under the pointer. */
function ofStep(reading: Reading, step: number): string {
  return reading.step < step ? ` of step ${formatStep(reading.step)}` : '';
}
