/** Group, instance and layer norm: mean and variance are those of the picture's own values. */
import { exactly, plus, type Reading, times } from '../convolution/reading.js';
import type { GroupNormDescription, LayerNormDescription } from '../run-description.js';
import type { LayerParameters } from './maps.js';

type Values = Float32Array | Float64Array;

export interface Moments {
  readonly mean: Reading;
  /** Divided by the count, as all norms do. */
  readonly variance: Reading;
}

/** The mean of the values, and of the squares of their distances from it. */
export function momentsOf(values: Values, lo: Values, hi: Values): Moments {
  const mean = { value: meanOf(values), lo: meanOf(lo), hi: meanOf(hi) };
  let [sum, least, most] = [0, 0, 0];
  for (let place = 0; place < values.length; place++) {
    sum += (values[place]! - mean.value) ** 2;
    const [below, above] = [mean.lo - hi[place]!, lo[place]! - mean.hi];
    least += Math.max(0, below, above) ** 2;
    most += Math.max(hi[place]! - mean.lo, mean.hi - lo[place]!) ** 2;
  }
  const { length } = values;
  return { mean, variance: { value: sum / length, lo: least / length, hi: most / length } };
}

function meanOf(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** (input − mean) / √(variance + eps) · weight + bias */
export function normalised(
  input: Reading,
  { mean, variance }: Moments,
  eps: number,
  { weight, bias }: ChannelFactors,
): Reading {
  const centred = { value: input.value - mean.value, lo: input.lo - mean.hi, hi: input.hi - mean.lo };
  const root = (one: number) => Math.sqrt(one + eps);
  const normal = {
    value: centred.value / root(variance.value),
    lo: centred.lo / root(centred.lo < 0 ? variance.lo : variance.hi),
    hi: centred.hi / root(centred.hi < 0 ? variance.hi : variance.lo),
  };
  return plus(times(normal, weight), exactly(bias));
}

export interface ChannelFactors {
  readonly weight: number;
  readonly bias: number;
}

/** What the layer multiplies and adds in one channel, or at one place. Undefined if a parameter is missing. */
export function channelFactors(
  { affine }: GroupNormDescription | LayerNormDescription,
  { weight, bias }: LayerParameters,
  at: number,
): ChannelFactors | undefined {
  if (!affine) return { weight: 1, bias: 0 };
  const [factor, shift] = [weight?.[at], bias?.[at]];
  return factor === undefined || shift === undefined ? undefined : { weight: factor, bias: shift };
}

/** The channels of each group; undefined if they cannot be divided into so many. */
export function channelsPerGroup({ groups }: GroupNormDescription, channels: number): number | undefined {
  return channels % groups === 0 ? channels / groups : undefined;
}
