/** What the tooltip of the strip says of a step. */

import { nonFiniteText } from '../../../charts/non-finite-marks.js';
import { scalarText } from '../../../charts/tick-text.js';
import type { StripCurves } from '../../../runs/curves.js';
import type { Reading } from '../../../series/line.js';
import type { Part } from '../../../series/pixel-columns.js';
import { formatPercent, formatStep } from '../../../ui/format.js';

type TipCurves = Pick<StripCurves, 'tag' | 'main' | 'testAccuracy' | 'gaps'>;

/** @param pixel the steps that are drawn in the same pixel */
export function tipOf(
  curves: TipCurves | undefined,
  step: number,
  pixel: Part = { first: step, last: step },
): { readonly value: string; readonly place: string } {
  const at = `step ${formatStep(step)}`;
  const { tag, main, testAccuracy, gaps } = curves ?? {};
  const test = testAccuracy?.readingAt(step, gaps);
  const beside = test === undefined ? '' : `, test acc ${formatPercent(test.raw)}${ofStep(test, step)}`;
  if (tag === undefined || main === undefined) return { value: '', place: `${at}${beside}` };
  const reading = main.readingAt(step, gaps);
  const none = main.isAsked(step) ? '…' : 'no data';
  if (reading === undefined) return { value: none, place: `${tag} at ${at}${beside}` };
  const raw = `raw ${scalarText(reading.raw)}`;
  const lost = main.nonFinite(pixel);
  // The value itself says that it is not finite; what else there is in the pixel is counted.
  const isAlone = lost.reduce((sum, { nan, plus, minus }) => sum + nan + plus + minus, 0) === 1;
  const here = isAlone && !Number.isFinite(reading.raw) ? '' : nonFiniteText(lost);
  return {
    value: main.weight === 0 ? raw : `smooth ${scalarText(reading.smoothed)}, ${raw}`,
    place: `${tag}${ofStep(reading, step)} at ${at}${beside}${here === '' ? '' : `, ${here} here`}`,
  };
}

/** The step of a value that is not of the step under the pointer. */
function ofStep(reading: Reading, step: number): string {
  return reading.step !== step ? ` of step ${formatStep(reading.step)}` : '';
}
