import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import type { Limits } from './lut.js';
import { boundOf, type CodedStack, countMarks, type MapStack, type ValueStack } from './map-stack.js';

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
  const tally: Tally = {
    axis,
    scale: bins / (axis.hi - axis.lo || 1),
    rectified: stack.rectified,
    counts: new Float64Array(bins),
    zeros: 0,
    below: 0,
    above: 0,
  };
  const [channels, height, width] = stack.shape;
  const size = height * width;
  const zerosAreNear = stack.kind === 'codes' ? countCodes(stack, tally) : countValues(stack, tally);
  const marks = countMarks(stack);
  return {
    counts: tally.counts,
    // After ReLU, −∞ is one of the zeros.
    zeros: tally.zeros + marks[MARK.finite]! - countFinite(stack),
    zerosAreNear,
    marks,
    total: channels * size,
    below: tally.below,
    above: tally.above,
  };
}

interface Tally {
  readonly axis: Limits;
  readonly scale: number;
  readonly rectified: boolean;
  readonly counts: Float64Array;
  zeros: number;
  below: number;
  above: number;
}

function add(tally: Tally, value: number, count: number): void {
  const { lo, hi } = tally.axis;
  if (tally.rectified && value <= 0) tally.zeros += count;
  else if (value < lo) tally.below += count;
  else {
    const { counts } = tally;
    const bin = Math.floor((value - lo) * tally.scale);
    if (bin < counts.length) counts[bin]! += count;
    else if (value > hi) tally.above += count;
    else counts[counts.length - 1]! += count;
  }
}

/** Returns whether values near zero may lie on the other side of it. */
function countValues(stack: ValueStack, tally: Tally): boolean {
  const { values, marks, distribution } = stack;
  if (distribution !== undefined) {
    for (let at = 0; at < distribution.values.length; at++)
      add(tally, distribution.values[at]!, distribution.counts[at]!);
    return false;
  }
  const { axis, scale, rectified, counts } = tally;
  const { lo } = axis;
  // Of a large map most of the time is spent here: what lies on the axis is counted without a call.
  for (let place = 0; place < values.length; place++) {
    if (marks !== undefined && marks[place] !== MARK.finite) continue;
    const value = values[place]!;
    const bin = (value - lo) * scale;
    if (bin >= 0 && bin < counts.length && !(rectified && value <= 0)) counts[Math.floor(bin)]!++;
    else add(tally, value, 1);
  }
  return rectified && mayBeBeyondZero(stack);
}

function mayBeBeyondZero({
  values,
  marks,
  margins,
  bounds,
  shape: [channels, height, width],
}: ValueStack): boolean {
  const size = height * width;
  for (let channel = 0; channel < channels; channel++) {
    const bound = bounds?.[channel] ?? 0;
    if (margins === undefined && bound === 0) continue;
    for (let place = channel * size; place < (channel + 1) * size; place++) {
      if (marks !== undefined && marks[place] !== MARK.finite) continue;
      if (Math.abs(values[place]!) < bound) return true;
      if (margins !== undefined && margins.lo[place]! < 0 && margins.hi[place]! > 0) return true;
    }
  }
  return false;
}

/** Returns whether codes near zero may stand for values on either side of it. */
function countCodes(stack: CodedStack, tally: Tally): boolean {
  const { codes, marks, rectified, shape } = stack;
  const [channels, height, width] = shape;
  const size = height * width;
  const counted = new Uint32Array(256);
  let isNear = false;
  for (let channel = 0, place = 0; channel < channels; channel++) {
    const [lo, hi] = [stack.lo[channel]!, stack.hi[channel]!];
    const bound = boundOf(stack, channel);
    if (size < counted.length) {
      // Fewer values than codes: each is counted for itself.
      for (const end = place + size; place < end; place++) {
        if (marks !== undefined && marks[place] !== MARK.finite) continue;
        const value = dequantise(codes[place]!, lo, hi);
        add(tally, value, 1);
        if (rectified && Math.abs(value) < bound) isNear = true;
      }
      continue;
    }
    let [least, most] = [255, 0];
    for (const end = place + size; place < end; place++) {
      if (marks !== undefined && marks[place] !== MARK.finite) continue;
      const code = codes[place]!;
      counted[code]!++;
      if (code < least) least = code;
      if (code > most) most = code;
    }
    for (let code = least; code <= most; code++) {
      const count = counted[code]!;
      if (count === 0) continue;
      counted[code] = 0;
      const value = dequantise(code, lo, hi);
      add(tally, value, count);
      if (rectified && Math.abs(value) < bound) isNear = true;
    }
  }
  return isNear;
}

/** Number of values that were logged as finite. */
function countFinite({ marks, shape: [channels, height, width] }: MapStack): number {
  if (marks === undefined) return channels * height * width;
  return marks.reduce((count, mark) => count + (mark === MARK.finite ? 1 : 0), 0);
}
