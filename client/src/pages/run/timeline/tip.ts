/** What the tooltip of the strip says of a step. */
import { scalarText } from '../../../charts/tick-text.js';
import type { StripCurves } from '../../../runs/curves.js';
import { formatStep } from '../../../ui/format.js';

export function tipOf(
  curves: StripCurves | undefined,
  step: number,
): { readonly value: string; readonly place: string } {
  const at = `step ${formatStep(step)}`;
  const { tag, main, gaps } = curves ?? {};
  if (tag === undefined || main === undefined) return { value: '', place: at };
  const reading = main.readingAt(step, gaps);
  if (reading === undefined) return { value: 'no data', place: `${tag}, ${at}` };
  const { raw, smoothed } = reading;
  const value =
    main.weight === 0 ? `raw ${scalarText(raw)}` : `smooth ${scalarText(smoothed)}, raw ${scalarText(raw)}`;
  return {
    value,
    place: reading.step === step ? `${tag}, ${at}` : `${tag} of step ${formatStep(reading.step)}, at ${at}`,
  };
}
