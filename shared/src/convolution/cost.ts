import type { Pair } from '../run-description.js';

interface Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly groups: number;
  readonly bias: boolean;
}

/** Weights and biases of a layer: out·(in/groups)·kH·kW, and out more for the bias. */
export function parameterCount({ inChannels, outChannels, kernel, groups, bias }: Layer): number {
  return outChannels * (inChannels / groups) * kernel[0] * kernel[1] + (bias ? outChannels : 0);
}

/** Multiplications with a weight, for one picture; products with padding count, as profilers count them. */
export function multiplyAdds(
  { inChannels, outChannels, kernel, groups }: Omit<Layer, 'bias'>,
  output: Pair,
): number {
  return outChannels * output[0] * output[1] * (inChannels / groups) * kernel[0] * kernel[1];
}
