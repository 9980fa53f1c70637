import { times } from '@convscope/shared/convolution/reading.js';
import { formatReading, formatValue } from '../../../ui/format.js';
import type { Part } from '../state/arithmetic.js';

/** "ky 1, kx 2: 0.140 × 0.580 = 0.081", or nothing without such a term. */
export function termText({ terms, inputs }: Pick<Part, 'terms' | 'inputs'>, index: number): string {
  const [term, input] = [terms[index], inputs[index]];
  if (term === undefined || input === undefined) return '';
  const { ky, kx, weight } = term;
  return `ky ${ky}, kx ${kx}: ${formatValue(weight)} × ${formatReading(input)} = ${formatReading(times(input, weight))}`;
}
