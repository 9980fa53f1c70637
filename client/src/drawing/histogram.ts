import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import type { Limits } from './lut.js';
import { boundOf, countMarks, type MapStack } from './map-stack.js';

export interface ValueHistogram {
  readonly counts: Float64Array;
  /** Number of values that are zero after ReLU. They are not in `counts`, where they would dwarf the other bars. */
  readonly zeros: number;
  /** Whether codes near zero make `zeros` inexact: their values may lie on either side of it. */
  readonly zerosAreNear: boolean;
  /** Number of NaN, +∞ and −∞, at the index of their mark. */
  readonly marks: readonly number[];
  readonly total: number;
  /** Number of values outside the axis. */
  readonly below: number;
  readonly above: number;
}

/** Counts the values of a stack in `bins` equal bins over `axis`. */
export function histogramOf(stack: MapStack, axis: Limits, bins: number): ValueHistogram {
  const counts = new Float64Array(bins);
  const scale = bins / (axis.hi - axis.lo || 1);
  let zeros = 0;
  let zerosAreNear = false;
  let below = 0;
  let above = 0;
  const add = (value: number, count: number): void => {
    if (stack.rectified && value <= 0) {
      zeros += count;
      return;
    }
    const bin = Math.floor((value - axis.lo) * scale);
    if (value < axis.lo) below += count;
    else if (bin >= bins) {
      if (value > axis.hi) above += count;
      else counts[bins - 1]! += count;
    } else counts[bin]! += count;
  };
  const [channels, height, width] = stack.shape;
  const size = height * width;
  for (let channel = 0; channel < channels; channel++) {
    if (stack.kind === 'values') {
      for (let place = channel * size; place < (channel + 1) * size; place++) {
        if ((stack.marks?.[place] ?? MARK.finite) === MARK.finite) add(stack.values[place]!, 1);
      }
      continue;
    }
    const codes = new Uint32Array(256);
    for (let place = channel * size; place < (channel + 1) * size; place++) {
      if ((stack.marks?.[place] ?? MARK.finite) === MARK.finite) codes[stack.codes[place]!]!++;
    }
    const [lo, hi] = [stack.lo[channel]!, stack.hi[channel]!];
    const bound = boundOf(stack, channel);
    for (let code = 0; code < 256; code++) {
      if (codes[code] === 0) continue;
      const value = dequantise(code, lo, hi);
      add(value, codes[code]!);
      if (stack.rectified && Math.abs(value) < bound) zerosAreNear = true;
    }
  }
  const marks = countMarks(stack);
  // After ReLU, −∞ is one of the zeros.
  zeros += marks[MARK.finite]! - countFinite(stack);
  return { counts, zeros, zerosAreNear, marks, total: channels * size, below, above };
}

/** Number of values that were logged as finite. */
function countFinite({ marks, shape: [channels, height, width] }: MapStack): number {
  if (marks === undefined) return channels * height * width;
  return marks.reduce((count, mark) => count + (mark === MARK.finite ? 1 : 0), 0);
}
