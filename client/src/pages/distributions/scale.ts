/** A linear scale between numbers and pixels. */
import type { Extent } from './x-axis.js';

export interface Scale extends Extent {
  readonly from: number;
  readonly to: number;
}

/** Both ends the same: the number lies in the middle. */
export function pixelAt({ lo, hi, from, to }: Scale, value: number): number {
  return hi === lo ? (from + to) / 2 : from + ((value - lo) / (hi - lo)) * (to - from);
}

export function clampedTo({ lo, hi }: Extent, value: number): number {
  return Math.max(lo, Math.min(hi, value));
}

export function valueAt({ lo, hi, from, to }: Scale, pixel: number): number {
  return to === from ? lo : lo + ((pixel - from) / (to - from)) * (hi - lo);
}

/** The smallest extent that holds all of them; undefined without any. */
export function unionOf(extents: Iterable<Extent | undefined>): Extent | undefined {
  let union: Extent | undefined;
  for (const extent of extents) {
    if (extent === undefined) continue;
    union =
      union === undefined ? extent : { lo: Math.min(union.lo, extent.lo), hi: Math.max(union.hi, extent.hi) };
  }
  return union;
}
