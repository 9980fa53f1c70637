/** Stacks made of those of A and B: their difference, B in another order, and both beside each other in each map. */
import {
  type ChannelChange,
  changeOf,
  errorOf,
  type LoggedValues,
} from '@convscope/shared/channels/change.js';
import { boundOf, copyLogged, type MapStack, valueAtPlace, valueStack } from '../../drawing/map-stack.js';

export interface Difference {
  /** B − A, and 0 where the log cannot tell it from 0. */
  readonly stack: MapStack;
  /** The number of places where the logged values differ, but the log cannot tell whether the exact ones do. */
  readonly uncertain: number;
  /** The upper limit of the colours: almost all differences are smaller. */
  readonly top: number;
}

/** @param a of the same shape as `b` */
export function differenceStack(a: MapStack, b: MapStack): Difference {
  const [channels, height, width] = a.shape;
  const size = height * width;
  const values = new Float32Array(channels * size);
  const [loggedA, loggedB] = [new Float64Array(size), new Float64Array(size)];
  let uncertain = 0;
  let top = 0;
  for (let channel = 0; channel < channels; channel++) {
    const [boundA, boundB] = [boundOf(a, channel), boundOf(b, channel)];
    copyLogged(a, channel, loggedA, 0);
    copyLogged(b, channel, loggedB, 0);
    for (let place = 0; place < size; place++) {
      const [rawA, rawB] = [loggedA[place]!, loggedB[place]!];
      const shownA = a.rectified && rawA <= 0 ? 0 : rawA;
      const shownB = b.rectified && rawB <= 0 ? 0 : rawB;
      const difference = shownB - shownA;
      const distance = Math.abs(difference);
      if (distance <= errorOf(rawA, boundA, a.rectified) + errorOf(rawB, boundB, b.rectified)) {
        if (distance > 0) uncertain++;
        continue;
      }
      values[channel * size + place] = difference;
      if (distance > top && distance < Number.POSITIVE_INFINITY) top = distance;
    }
  }
  return { stack: valueStack(values, a.shape), uncertain, top: shownTop(values, top) };
}

/** The part of the differences that need not differ in colour: those that are larger than almost all others. */
const CLIPPED = 0.005;
const BINS = 1024;

/** The upper limit of the colours. @param most the largest finite difference */
function shownTop(values: Float32Array, most: number): number {
  if (most === 0) return 0;
  const counts = new Uint32Array(BINS + 1);
  let changed = 0;
  for (const value of values) {
    const distance = Math.abs(value);
    if (!(distance > 0 && distance <= most)) continue;
    counts[Math.ceil((distance / most) * BINS)]!++;
    changed++;
  }
  let bin = BINS;
  for (let left = changed * CLIPPED - counts[bin]!; left >= 0 && bin > 1; left -= counts[bin]!) bin--;
  return (bin / BINS) * most;
}

/** The stack whose channel i is channel `of[i]` of `stack`; one of zeros where that is −1. */
export function reorder(stack: MapStack, of: ArrayLike<number>): MapStack {
  const [, height, width] = stack.shape;
  const size = height * width;
  const shape = [of.length, height, width] as const;
  const pick = <T extends Uint8Array | Float32Array | Float64Array>(from: T, to: T, each: number): T => {
    for (let channel = 0; channel < of.length; channel++) {
      const source = of[channel]!;
      if (source >= 0) to.set(from.subarray(source * each, (source + 1) * each), channel * each);
    }
    return to;
  };
  const count = of.length * size;
  const marks = stack.marks && pick(stack.marks, new Uint8Array(count), size);
  if (stack.kind === 'values') {
    const like = stack.values instanceof Float64Array ? new Float64Array(count) : new Float32Array(count);
    return { ...stack, shape, marks, values: pick(stack.values, like, size) };
  }
  return {
    ...stack,
    shape,
    marks,
    codes: pick(stack.codes, new Uint8Array(count), size),
    lo: pick(stack.lo, new Float32Array(of.length), 1),
    hi: pick(stack.hi, new Float32Array(of.length), 1),
  };
}

/** Each map with A at the left of column `split`, and B from there on. */
export function splitStack(a: MapStack, b: MapStack, split: number): MapStack {
  const [channels, height, width] = a.shape;
  const values = new Float32Array(channels * height * width);
  let place = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, place++) {
        values[place] = valueAtPlace(x < split ? a : b, channel, place);
      }
    }
  }
  return valueStack(values, a.shape);
}

/**
 * How each channel has changed, over all pictures.
 * @param shown the stacks of A and B for the same picture, all of the same shape
 */
export function changesOf(shown: readonly (readonly [a: MapStack, b: MapStack])[]): ChannelChange[] {
  const [first] = shown;
  if (first === undefined) return [];
  const isRectified = { a: first[0].rectified, b: first[1].rectified };
  const [channels, height, width] = first[0].shape;
  const size = height * width;
  const [valuesA, valuesB] = [new Float64Array(size * shown.length), new Float64Array(size * shown.length)];
  return Array.from({ length: channels }, (_, channel) => {
    let [boundA, boundB] = [0, 0];
    for (const [picture, [a, b]] of shown.entries()) {
      copyLogged(a, channel, valuesA, picture * size);
      copyLogged(b, channel, valuesB, picture * size);
      boundA = Math.max(boundA, boundOf(a, channel));
      boundB = Math.max(boundB, boundOf(b, channel));
    }
    const ofA: LoggedValues = { values: valuesA, bound: boundA, isRectified: isRectified.a };
    const ofB: LoggedValues = { values: valuesB, bound: boundB, isRectified: isRectified.b };
    return changeOf(ofA, ofB);
  });
}
