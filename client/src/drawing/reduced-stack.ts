/**
 * Large maps in small tiles. A pixel of a reduced map shows, of the block of pixels that it stands for, the value of the
 * largest magnitude: a single hot pixel stays visible, which a mean would hide. A NaN or an infinite value goes before all
 * others.
 */
import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import { type MapStack, markAt, valueAtPlace } from './map-stack.js';

const reduced = new WeakMap<MapStack, Map<number, MapStack>>();

/** The stack with blocks of factor × factor pixels as one; the stack itself for a factor of 1. Made once for each factor. */
export function reducedStack(stack: MapStack, factor: number): MapStack {
  if (factor === 1) return stack;
  let known = reduced.get(stack);
  if (known === undefined) {
    known = new Map();
    reduced.set(stack, known);
  }
  let found = known.get(factor);
  if (found === undefined) {
    found = reduce(stack, factor);
    known.set(factor, found);
  }
  return found;
}

function reduce(stack: MapStack, factor: number): MapStack {
  const [channels, height, width] = stack.shape;
  const [outHeight, outWidth] = [Math.ceil(height / factor), Math.ceil(width / factor)];
  const size = outHeight * outWidth;
  const source = stack.kind === 'codes' ? stack.codes : stack.values;
  const values = stack.kind === 'codes' ? new Uint8Array(channels * size) : new Float64Array(channels * size);
  const marks = stack.marks === undefined ? undefined : new Uint8Array(channels * size);
  /** The largest magnitude so far of each block of a row of blocks; −1 before its first value. */
  const largest = new Float64Array(outWidth);
  const magnitudes = new Float64Array(256);
  for (let channel = 0; channel < channels; channel++) {
    if (stack.kind === 'codes')
      for (let code = 0; code < 256; code++)
        magnitudes[code] = magnitudeOf(
          dequantise(code, stack.lo[channel]!, stack.hi[channel]!),
          stack.rectified,
        );
    for (let y = 0; y < height; y++) {
      if (y % factor === 0) largest.fill(-1);
      const row = (channel * height + y) * width;
      const out = channel * size + Math.floor(y / factor) * outWidth;
      for (let x = 0, block = 0, left = factor; x < width; x++) {
        const value = source[row + x]!;
        const mark = stack.marks?.[row + x] ?? MARK.finite;
        if (mark !== MARK.finite) {
          if (marks !== undefined) marks[out + block] = strongest(marks[out + block]!, mark, stack.rectified);
        } else {
          const magnitude = stack.kind === 'codes' ? magnitudes[value]! : magnitudeOf(value, stack.rectified);
          if (magnitude > largest[block]!) {
            largest[block] = magnitude;
            values[out + block] = value;
          }
        }
        if (--left === 0) {
          left = factor;
          block++;
        }
      }
    }
  }
  const shape = [channels, outHeight, outWidth] as const;
  if (stack.kind === 'codes') return { ...stack, shape, codes: values as Uint8Array, marks };
  return { ...stack, shape, values: values as Float64Array, marks, distribution: undefined };
}

function magnitudeOf(value: number, rectified: boolean): number {
  return rectified ? Math.max(0, value) : Math.abs(value);
}

/** NaN before infinities. After ReLU, −∞ is a zero and yields to everything. */
function strongest(before: number, mark: number, rectified: boolean): number {
  if (rectified && mark === MARK.negativeInfinity) return before;
  return before === MARK.finite || mark === MARK.nan ? mark : before;
}

/** The place whose value a pixel of the reduced map shows, in the stack as it is. */
export function shownPlace(
  stack: MapStack,
  factor: number,
  channel: number,
  y: number,
  x: number,
): { readonly y: number; readonly x: number } {
  const [, height, width] = stack.shape;
  let found = { y: Math.min(height - 1, y * factor), x: Math.min(width - 1, x * factor) };
  let largest = -1;
  for (let at = y * factor; at < Math.min(height, (y + 1) * factor); at++) {
    for (let across = x * factor; across < Math.min(width, (x + 1) * factor); across++) {
      const place = (channel * height + at) * width + across;
      const mark = markAt(stack, place);
      const magnitude =
        mark === MARK.nan
          ? Number.POSITIVE_INFINITY
          : mark !== MARK.finite
            ? Number.MAX_VALUE
            : Math.abs(valueAtPlace(stack, channel, place));
      if (magnitude <= largest) continue;
      largest = magnitude;
      found = { y: at, x: across };
    }
  }
  return found;
}
