/** What each input channel adds to one output channel, over the whole map. */
import { contribution } from '@convscope/shared/convolution/terms.js';
import { boundOf, type MapStack, valueStack } from '../../../drawing/map-stack.js';
import { inputMapsOf } from '../frames/stacks.js';
import type { Selection } from './selection.js';

export interface Contribution {
  readonly inChannel: number;
  readonly index: number;
  readonly rms: number;
  /** The largest possible error of `rms`. */
  readonly rmsBound: number;
}

export interface Contributions {
  /** One map for each entry of `parts`, in the order of the input channels. */
  readonly stack: MapStack;
  readonly parts: readonly Contribution[];
  /** The 99.7th percentile of the absolute values. */
  readonly absolute: number;
}

/** The input channels that the chosen output channel reads: those of its group. */
export function inputsOf({ description, channel }: Pick<Selection, 'description' | 'channel'>): {
  readonly first: number;
  readonly count: number;
} {
  if (description === undefined) return { first: 0, count: 0 };
  const count = description.inChannels / description.groups;
  const group = Math.floor(channel / (description.outChannels / description.groups));
  return { first: group * count, count };
}

/** Undefined while kernels or input are missing. */
export function contributionsOf(selection: Selection): Contributions | undefined {
  const { input, kernels, description, shape, channel } = selection;
  if (input === undefined || kernels === undefined || description === undefined || shape === undefined)
    return undefined;
  // The arithmetic says what does not fit.
  if (input.shape[0] !== description.inChannels) return undefined;
  const { first, count } = inputsOf(selection);
  const maps = inputMapsOf(input);
  const size = shape[1] * shape[2];
  const values = new Float32Array(count * size);
  const taps = kernels.shape[2] * kernels.shape[3];
  const parts = Array.from({ length: count }, (_, index) => {
    const inChannel = first + index;
    const map = contribution(maps, kernels, description, channel, inChannel);
    values.set(map, index * size);
    let squares = 0;
    for (const value of map) squares += value * value;
    const firstTap = (channel * kernels.shape[1] + index) * taps;
    let weights = 0;
    for (let tap = 0; tap < taps; tap++) weights += Math.abs(kernels.data[firstTap + tap]!);
    // The rms of two maps differs by at most the rms of their difference, and so by at most its largest value.
    const rmsBound = weights * boundOf(input, inChannel);
    return { inChannel, index, rms: Math.sqrt(squares / size), rmsBound };
  });
  const sizes = values.filter(Number.isFinite).map(Math.abs).sort();
  const absolute = sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * 0.997))] ?? 0;
  return {
    stack: valueStack(values, [count, shape[1], shape[2]]),
    parts,
    absolute: Math.max(absolute, 1e-12),
  };
}

/** The largest first; those that are not finite before all others. */
export function bySize(a: Contribution, b: Contribution): number {
  const size = ({ rms }: Contribution) => (Number.isFinite(rms) ? rms : Number.MAX_VALUE);
  return size(b) - size(a) || a.index - b.index;
}
