/** What each input channel adds to one output channel, over the whole map. */
import { contribution } from '@convscope/shared/convolution/terms.js';
import { limitFor } from '../../../drawing/limits.js';
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

/** The newest contributions to a channel for each input: the sheet, the lineage and its key show the same ones. */
const newest = new WeakMap<
  MapStack,
  { readonly of: readonly unknown[]; readonly contributions: Contributions }
>();

/** Undefined while kernels or input are missing. The same object for the same maps, kernels and channel. */
export function contributionsOf(selection: Selection): Contributions | undefined {
  const { input, kernels, description, channel, shape } = selection;
  const of = [kernels, description, channel, shape?.join()];
  const known = input && newest.get(input);
  if (known?.of.every((one, at) => one === of[at])) return known.contributions;
  const contributions = compute(selection);
  if (input !== undefined && contributions !== undefined) newest.set(input, { of, contributions });
  return contributions;
}

function compute(selection: Selection): Contributions | undefined {
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
  return {
    stack: valueStack(values, [count, shape[1], shape[2]]),
    parts,
    absolute: limitFor(sizeAt(values, 0.997)),
  };
}

/** The bits of +∞: those of all finite sizes are below. */
const INFINITE = 0x7f80_0000;

/**
 * The size of which this share of the finite values are smaller; 0 if there are none. The bits of float32 numbers without
 * their signs have the order of the sizes, so they are counted by their upper half, and then by their lower half those
 * whose upper half is the one that is sought.
 */
export function sizeAt(values: Float32Array<ArrayBuffer>, share: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(1 << 16);
  let finite = 0;
  for (const one of bits) {
    const size = one & 0x7fff_ffff;
    if (size >= INFINITE) continue;
    counts[size >>> 16]!++;
    finite++;
  }
  if (finite === 0) return 0;
  let left = Math.min(finite - 1, Math.floor(finite * share));
  const upper = findPlace();
  counts.fill(0);
  for (const one of bits) if ((one & 0x7fff_ffff) >>> 16 === upper) counts[one & 0xffff]!++;
  return new Float32Array(Uint32Array.of((upper << 16) | findPlace()).buffer)[0]!;

  /** The place in `counts` of the value that has `left` values before it. Leaves in `left` how many share its place. */
  function findPlace(): number {
    let place = 0;
    while (counts[place]! <= left) left -= counts[place++]!;
    return place;
  }
}

/** The largest first; those that are not finite before all others. */
export function bySize(a: Contribution, b: Contribution): number {
  const size = ({ rms }: Contribution) => (Number.isFinite(rms) ? rms : Number.MAX_VALUE);
  return size(b) - size(a) || a.index - b.index;
}
