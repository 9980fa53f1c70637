/** The feature maps of one layer for one picture, independent of how they were logged. */

import { dequantise, errorBound } from '@convscope/shared/channels/quantise.js';
import { exactly, type Reading, rectified, within } from '@convscope/shared/convolution/reading.js';
import type { MapOperation, MapShape, Pair } from '@convscope/shared/run-description.js';
import { MARK } from '../decode/decoded.js';
import { type Mark, markOf } from './non-finite.js';

const MARK_VALUES = [0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;

interface StackBase {
  readonly shape: MapShape;
  /** Values of MARK, [channel, y, x]; undefined if every value is finite. */
  readonly marks: Uint8Array | undefined;
  /** Whether values below zero are read as zero. */
  readonly rectified: boolean;
}

/** 8-bit codes [channel, y, x]. A value is lo + code/255·(hi − lo), with lo and hi per channel. */
export interface CodedStack extends StackBase {
  readonly kind: 'codes';
  readonly codes: Uint8Array;
  readonly lo: Float32Array;
  readonly hi: Float32Array;
}

/** Values [channel, y, x], exact unless they have margins or bounds. */
export interface ValueStack extends StackBase {
  readonly kind: 'values';
  readonly values: Float32Array | Float64Array;
  /** The values without their places, where they are known to be few: at how many places each of them is. */
  readonly distribution?: { readonly values: Float32Array; readonly counts: Uint32Array } | undefined;
  /** The intervals of values that were computed from inexact ones. */
  readonly margins?: {
    readonly lo: Float32Array | Float64Array;
    readonly hi: Float32Array | Float64Array;
  };
  /** The largest possible error of each channel's values, where they were taken from stacks that are not exact. */
  readonly bounds?: Float64Array;
}

export type MapStack = CodedStack | ValueStack;

export function valueStack(values: Float32Array | Float64Array, shape: MapShape): ValueStack {
  let marks: Uint8Array | undefined;
  for (let place = 0; place < values.length; place++) {
    const value = values[place]!;
    if (Number.isFinite(value)) continue;
    marks ??= new Uint8Array(values.length);
    marks[place] = markOf(value);
  }
  return { kind: 'values', values, shape, marks, rectified: false };
}

/** Which non-finite value is shown at a place, if any. After ReLU, −∞ is zero. */
export function markAt(stack: MapStack, place: number): Mark {
  const mark = (stack.marks?.[place] ?? MARK.finite) as Mark;
  return stack.rectified && mark === MARK.negativeInfinity ? MARK.finite : mark;
}

export function valueAt(stack: MapStack, channel: number, y: number, x: number): number {
  const [, height, width] = stack.shape;
  return valueAtPlace(stack, channel, (channel * height + y) * width + x);
}

/** Writes the values of a channel before ReLU into `target` from `at` on. */
export function copyLogged(stack: MapStack, channel: number, target: Float64Array, at: number): void {
  const size = stack.shape[1] * stack.shape[2];
  const first = channel * size;
  if (stack.kind === 'values') target.set(stack.values.subarray(first, first + size), at);
  else {
    const [lo, hi] = [stack.lo[channel]!, stack.hi[channel]!];
    for (let place = 0; place < size; place++)
      target[at + place] = dequantise(stack.codes[first + place]!, lo, hi);
  }
  if (stack.marks === undefined) return;
  for (let place = 0; place < size; place++) {
    const mark = stack.marks[first + place]!;
    if (mark !== MARK.finite) target[at + place] = MARK_VALUES[mark as 1 | 2 | 3];
  }
}

/** `place` is the index of [channel, y, x]. */
export function valueAtPlace(stack: MapStack, channel: number, place: number): number {
  const mark = stack.marks?.[place] ?? MARK.finite;
  let value: number;
  if (mark !== MARK.finite) value = MARK_VALUES[mark as 1 | 2 | 3];
  else if (stack.kind === 'values') value = stack.values[place]!;
  else value = dequantise(stack.codes[place]!, stack.lo[channel]!, stack.hi[channel]!);
  // Not Math.max: NaN must stay NaN, and −0 must not appear.
  return stack.rectified && value <= 0 ? 0 : value;
}

/** The largest possible error of a value of the channel: (hi − lo)/510 for codes, 0 for exact values. */
export function boundOf(stack: MapStack, channel: number): number {
  if (stack.kind === 'codes') return errorBound(stack.lo[channel]!, stack.hi[channel]!);
  if (stack.bounds !== undefined) return stack.bounds[channel]!;
  if (stack.margins === undefined) return 0;
  const { lo, hi } = stack.margins;
  const size = stack.shape[1] * stack.shape[2];
  let most = 0;
  for (let place = channel * size; place < (channel + 1) * size; place++) {
    const value = stack.values[place]!;
    if (Number.isFinite(value)) most = Math.max(most, hi[place]! - value, value - lo[place]!);
  }
  return most;
}

/** A value with the interval that holds the one that was logged. */
export function readingAt(stack: MapStack, channel: number, y: number, x: number): Reading {
  const [, height, width] = stack.shape;
  const place = (channel * height + y) * width + x;
  const isMarked = (stack.marks?.[place] ?? MARK.finite) !== MARK.finite;
  if (isMarked) return exactly(valueAtPlace(stack, channel, place));
  if (stack.kind === 'values') {
    const { margins } = stack;
    if (stack.bounds !== undefined) {
      const taken = within(stack.values[place]!, stack.bounds[channel]!);
      return stack.rectified ? rectified(taken) : taken;
    }
    if (margins === undefined) return exactly(valueAtPlace(stack, channel, place));
    const computed = { value: stack.values[place]!, lo: margins.lo[place]!, hi: margins.hi[place]! };
    return stack.rectified ? rectified(computed) : computed;
  }
  const value = dequantise(stack.codes[place]!, stack.lo[channel]!, stack.hi[channel]!);
  const reading = within(value, boundOf(stack, channel));
  return stack.rectified ? rectified(reading) : reading;
}

/** All values, [channel, y, x]. Those of codes are float64: rounding them to float32 could exceed their error bound. */
export function valuesOf(stack: MapStack): Float32Array | Float64Array {
  if (stack.kind === 'values' && !stack.rectified) return stack.values;
  const [channels, height, width] = stack.shape;
  const values = new Float64Array(channels * height * width);
  for (let channel = 0, place = 0; channel < channels; channel++) {
    for (const end = (channel + 1) * height * width; place < end; place++) {
      values[place] = valueAtPlace(stack, channel, place);
    }
  }
  return values;
}

export function rectify(stack: MapStack): MapStack {
  return { ...stack, rectified: true };
}

/** Applies the operations that turn a logged record into a layer's input. */
export function applyOperations(stack: MapStack, operations: readonly MapOperation[]): MapStack {
  let result = stack;
  for (const operation of operations) {
    result = operation.op === 'relu' ? rectify(result) : maxPool(result, operation.kernel, operation.stride);
  }
  return result;
}

/**
 * Max pooling without padding. It is exact on codes, because within a channel the value increases with the code. A window
 * with a NaN gives NaN.
 */
export function maxPool(stack: MapStack, kernel: Pair, stride: Pair): MapStack {
  const [channels, height, width] = stack.shape;
  const outHeight = Math.floor((height - kernel[0]) / stride[0]) + 1;
  const outWidth = Math.floor((width - kernel[1]) / stride[1]) + 1;
  const count = channels * outHeight * outWidth;
  const source = stack.kind === 'codes' ? stack.codes : stack.values;
  const result =
    stack.kind === 'codes'
      ? new Uint8Array(count)
      : stack.values instanceof Float64Array
        ? new Float64Array(count)
        : new Float32Array(count);
  const marks = stack.marks === undefined ? undefined : new Uint8Array(count);
  let place = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, place++) {
        let best = Number.NEGATIVE_INFINITY;
        let mark: number = MARK.negativeInfinity;
        for (let ky = 0; ky < kernel[0]; ky++) {
          const row = (channel * height + y * stride[0] + ky) * width + x * stride[1];
          for (let kx = 0; kx < kernel[1]; kx++) {
            const found = stack.marks?.[row + kx] ?? MARK.finite;
            if (found === MARK.finite) {
              if (source[row + kx]! > best) best = source[row + kx]!;
              if (mark === MARK.negativeInfinity) mark = MARK.finite;
            } else if (found === MARK.nan) mark = MARK.nan;
            else if (found === MARK.infinity && mark !== MARK.nan) mark = MARK.infinity;
          }
        }
        if (best > Number.NEGATIVE_INFINITY) result[place] = best;
        if (marks !== undefined) marks[place] = mark;
      }
    }
  }
  const shape: MapShape = [channels, outHeight, outWidth];
  if (stack.kind === 'codes') return { ...stack, shape, codes: result as Uint8Array, marks };
  const values = result as Float32Array | Float64Array;
  return { ...stack, shape, values, marks, distribution: undefined };
}

/** How many values have each mark, at the index of the mark. */
export function countMarks(stack: MapStack): readonly number[] {
  const counts = [0, 0, 0, 0];
  const [channels, height, width] = stack.shape;
  const size = channels * height * width;
  if (stack.marks === undefined) counts[MARK.finite] = size;
  else for (let place = 0; place < size; place++) counts[markAt(stack, place)]!++;
  return counts;
}
