/** Stacks made of those of A and B: their difference, B in another order, and both beside each other in each map. */
import {
  type ChannelChange,
  changeOf,
  errorOf,
  type LoggedValues,
} from '@convscope/shared/channels/change.js';
import { boundOf, copyLogged, type MapStack, valueAtPlace, valueStack } from '../../drawing/map-stack.js';
import { type CodedPictures, CodePairs, codedPictures } from './code-pairs.js';

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
  const coded = codedPictures([[a, b]]);
  return coded === undefined ? differenceOfPlaces(a, b) : differenceOfCodes(coded);
}

function differenceOfPlaces(a: MapStack, b: MapStack): Difference {
  const [channels, height, width] = a.shape;
  const size = height * width;
  const values = new Float32Array(channels * size);
  const loggedA = new Float64Array(size);
  const loggedB = new Float64Array(size);
  const { rectified: isRectifiedA } = a;
  const { rectified: isRectifiedB } = b;
  let uncertain = 0;
  let most = 0;
  for (let channel = 0; channel < channels; channel++) {
    const boundA = boundOf(a, channel);
    const boundB = boundOf(b, channel);
    copyLogged(a, channel, loggedA, 0);
    copyLogged(b, channel, loggedB, 0);
    for (let place = 0; place < size; place++) {
      const rawA = loggedA[place]!;
      const rawB = loggedB[place]!;
      const shownA = isRectifiedA && rawA <= 0 ? 0 : rawA;
      const shownB = isRectifiedB && rawB <= 0 ? 0 : rawB;
      const difference = shownB - shownA;
      const distance = Math.abs(difference);
      if (distance <= errorOf(rawA, boundA, isRectifiedA) + errorOf(rawB, boundB, isRectifiedB)) {
        if (distance > 0) uncertain++;
        continue;
      }
      values[channel * size + place] = difference;
      const kept = Math.abs(values[channel * size + place]!);
      if (kept > most && kept < Number.POSITIVE_INFINITY) most = kept;
    }
  }
  return { stack: valueStack(values, a.shape), uncertain, top: shownTop(most, values) };
}

/** The same of large maps, from pairs of codes. */
function differenceOfCodes(coded: CodedPictures): Difference {
  const [a, b] = coded[0]!;
  const [channels, height, width] = a.shape;
  const size = height * width;
  const values = new Float32Array(channels * size);
  const pairs = new CodePairs();
  const ofPair = new Float32Array(256 * 256);
  const found: number[] = [];
  const counts: number[] = [];
  let uncertain = 0;
  let most = 0;
  for (let channel = 0; channel < channels; channel++) {
    const boundA = boundOf(a, channel);
    const boundB = boundOf(b, channel);
    pairs.read(coded, channel);
    for (let at = 0; at < pairs.length; at++) {
      const rawA = pairs.valuesA[at]!;
      const rawB = pairs.valuesB[at]!;
      const shownA = a.rectified && rawA <= 0 ? 0 : rawA;
      const shownB = b.rectified && rawB <= 0 ? 0 : rawB;
      const difference = shownB - shownA;
      const distance = Math.abs(difference);
      const count = pairs.counts[at]!;
      const isChange = distance > errorOf(rawA, boundA, a.rectified) + errorOf(rawB, boundB, b.rectified);
      const kept = isChange ? Math.fround(difference) : 0;
      ofPair[pairs.keys[at]!] = kept;
      found.push(kept);
      counts.push(count);
      most = Math.max(most, Math.abs(kept));
      if (!isChange && distance > 0) uncertain += count;
    }
    const end = (channel + 1) * size;
    for (let place = channel * size; place < end; place++)
      values[place] = ofPair[(a.codes[place]! << 8) | b.codes[place]!]!;
  }
  const distribution = { values: Float32Array.from(found), counts: Uint32Array.from(counts) };
  // Codes stand for finite values.
  const stack: MapStack = {
    ...{ kind: 'values', values, shape: a.shape, marks: undefined, rectified: false },
    distribution,
  };
  return { stack, uncertain, top: shownTop(most, distribution.values, distribution.counts) };
}

/** The part of the differences that need not differ in colour: those that are larger than almost all others. */
const CLIPPED = 0.005;
const BINS = 1024;

/**
 * The upper limit of the colours.
 * @param most the largest finite size
 * @param counts at how many places each of the values is; undefined: at one
 */
function shownTop(most: number, values: Float32Array, counts?: Uint32Array): number {
  if (most === 0) return 0;
  const bins = new Uint32Array(BINS + 1);
  let changed = 0;
  for (let at = 0; at < values.length; at++) {
    const distance = Math.abs(values[at]!);
    if (!(distance > 0 && distance <= most)) continue;
    const count = counts === undefined ? 1 : counts[at]!;
    bins[Math.ceil((distance / most) * BINS)]! += count;
    changed += count;
  }
  let bin = BINS;
  for (let left = changed * CLIPPED - bins[bin]!; left >= 0 && bin > 1; left -= bins[bin]!) bin--;
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
    return { ...stack, shape, marks, values: pick(stack.values, like, size), distribution: undefined };
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
  // Where both are after ReLU, the values before it tell which of the zeros are certain.
  const isRectified = a.rectified && b.rectified;
  const [left, right] = isRectified
    ? [
        { ...a, rectified: false },
        { ...b, rectified: false },
      ]
    : [a, b];
  const values = new Float32Array(channels * height * width);
  const bounds = new Float64Array(channels);
  let place = 0;
  for (let channel = 0; channel < channels; channel++) {
    bounds[channel] = Math.max(boundOf(a, channel), boundOf(b, channel));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, place++) {
        values[place] = valueAtPlace(x < split ? left : right, channel, place);
      }
    }
  }
  return { ...valueStack(values, a.shape), rectified: isRectified, bounds };
}

/**
 * How each channel has changed, over all pictures. Each channel is a piece of work of its own.
 * @param shown the stacks of A and B for the same picture, all of the same shape
 */
export function* changesOf(
  shown: readonly (readonly [a: MapStack, b: MapStack])[],
): Generator<void, ChannelChange[]> {
  const [first] = shown;
  if (first === undefined) return [];
  const [channels, height, width] = first[0].shape;
  const size = height * width;
  const coded = codedPictures(shown);
  const pairs = coded === undefined ? undefined : new CodePairs();
  const valuesA = new Float64Array(pairs === undefined ? size * shown.length : 0);
  const valuesB = new Float64Array(valuesA.length);
  const change = (channel: number): ChannelChange => {
    let boundA = 0;
    let boundB = 0;
    for (let picture = 0; picture < shown.length; picture++) {
      const [a, b] = shown[picture]!;
      boundA = Math.max(boundA, boundOf(a, channel));
      boundB = Math.max(boundB, boundOf(b, channel));
      if (pairs !== undefined) continue;
      copyLogged(a, channel, valuesA, picture * size);
      copyLogged(b, channel, valuesB, picture * size);
    }
    const logged = (values: Float64Array, bound: number, isRectified: boolean): LoggedValues => ({
      values,
      bound,
      isRectified,
    });
    const [a, b] = first;
    if (pairs === undefined || coded === undefined)
      return changeOf(logged(valuesA, boundA, a.rectified), logged(valuesB, boundB, b.rectified));
    pairs.read(coded, channel);
    return changeOf(
      logged(pairs.valuesA.subarray(0, pairs.length), boundA, a.rectified),
      logged(pairs.valuesB.subarray(0, pairs.length), boundB, b.rectified),
      pairs.counts,
    );
  };
  const changes: ChannelChange[] = [];
  for (let channel = 0; channel < channels; channel++) {
    changes.push(change(channel));
    yield;
  }
  return changes;
}
