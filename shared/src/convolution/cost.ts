import type { Pair } from '../run-description.js';

interface Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly groups: number;
  readonly bias: boolean;
}

/** Number of weights and biases of a layer: out·(in/groups)·kH·kW, plus out for the bias. */
export function parameterCount({ inChannels, outChannels, kernel, groups, bias }: Layer): number {
  return outChannels * (inChannels / groups) * kernel[0] * kernel[1] + (bias ? outChannels : 0);
}

/** Multiply-adds for one picture. Products with padding count, as they do in profilers. */
export function multiplyAdds(
  { inChannels, outChannels, kernel, groups }: Omit<Layer, 'bias'>,
  output: Pair,
): number {
  return outChannels * output[0] * output[1] * (inChannels / groups) * kernel[0] * kernel[1];
}
