import type { BatchNorm2dDescription } from '../run-description.js';
import type { LayerParameters } from './maps.js';

export interface NormFactors {
  readonly mean: number;
  readonly variance: number;
  readonly weight: number;
  readonly bias: number;
}

/** What batch norm does to one channel in evaluation. Undefined if a parameter is missing. */
export function normFactors(
  { affine }: BatchNorm2dDescription,
  { weight, bias, runningMean, runningVar }: LayerParameters,
  channel: number,
): NormFactors | undefined {
  const [mean, variance] = [runningMean?.[channel], runningVar?.[channel]];
  const [factor, shift] = affine ? [weight?.[channel], bias?.[channel]] : [1, 0];
  if (mean === undefined || variance === undefined || factor === undefined || shift === undefined)
    return undefined;
  return { mean, variance, weight: factor, bias: shift };
}
