/** Limits and ticks of the axes. */
import type { Point } from '../series/pixel-columns.js';

interface Span {
  readonly lo: number;
  readonly hi: number;
}

/** An axis that is a few times as high as values of this size has limits that are still finite numbers. */
const LARGEST = Number.MAX_VALUE / 16;

/** The values between two quantiles. */
function quantiles(points: readonly Point[], low: number, high: number): Span | undefined {
  const values = points
    .map(({ y }) => y)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const at = (quantile: number) => {
    const value = values[Math.min(values.length - 1, Math.floor(values.length * quantile))]!;
    return Math.max(-LARGEST, Math.min(LARGEST, value));
  };
  return { lo: at(low), hi: at(high) };
}

/**
 * Limits of the axis of values: they cover the chosen run's smoothed curve and the 1 % to 99 % quantiles of its raw
 * values. Other runs may extend them by at most that height in each direction, so that a run that diverged does not
 * flatten the chosen one.
 */
export function lossLimits(
  own: readonly Point[],
  raw: readonly Point[],
  others: readonly (readonly Point[])[],
): Span {
  const spans = [quantiles(own, 0, 1), quantiles(raw, 0.01, 0.99)].filter((one) => one !== undefined);
  const beside = others.map((points) => quantiles(points, 0.02, 0.98)).filter((one) => one !== undefined);
  const base = spans.length > 0 ? spans : beside;
  if (base.length === 0) return { lo: 0, hi: 1 };
  let lo = Math.min(...base.map((one) => one.lo));
  let hi = Math.max(...base.map((one) => one.hi));
  const room = extent(lo, hi);
  const [lowest, highest] = [lo - room, hi + room];
  for (const one of beside) {
    lo = Math.min(lo, Math.max(lowest, one.lo));
    hi = Math.max(hi, Math.min(highest, one.hi));
  }
  const pad = extent(lo, hi) * (isFlat(lo, hi) ? 0.1 : 0.04);
  return { lo: lo - pad, hi: hi + pad };
}

/** A fraction of this is still a number with all its digits; smaller ones lose theirs and become 0. */
const SMALLEST = 1e-300;

/**
 * Whether the limits are equal except for rounding. The only point of a curve and its average may differ in the last
 * bit, and an axis between the two would have no room for ticks.
 */
function isFlat(lo: number, hi: number): boolean {
  return !(hi - lo > Math.max(SMALLEST, 1e-9 * Math.max(Math.abs(lo), Math.abs(hi))));
}

/** The height of what lies between the limits, or of one value where they are equal; 1 for 0. */
function extent(lo: number, hi: number): number {
  if (!isFlat(lo, hi)) return hi - lo;
  return Math.abs(hi) > SMALLEST ? Math.abs(hi) : 1;
}

/** A safety limit, since no axis has room for more ticks. */
const MOST_TICKS = 1000;

/** The smallest of 1, 2, 5, 10, 20, … (or 0.1, 0.05, …) that is at least `rough`. */
function roundStep(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((one) => one * unit).find((one) => one >= rough) ?? 10 * unit;
}

function multiplesIn(lo: number, hi: number, step: number): number[] {
  const first = Math.ceil(lo / step);
  const ticks = Math.floor(hi / step) - first + 1;
  // Adding 0 turns −0 into 0.
  return Array.from(
    { length: Math.max(0, Math.min(MOST_TICKS, ticks || 0)) },
    (_, k) => (first + k) * step + 0,
  );
}

/** About `count` round numbers within [lo, hi]; none if lo and hi are almost equal or not finite. */
export function ticksIn(lo: number, hi: number, count: number): number[] {
  const span = hi - lo;
  if (!(span > 0) || !Number.isFinite(span) || isFlat(lo, hi)) return [];
  return multiplesIn(lo, hi, roundStep(span / Math.max(1, count)));
}

/**
 * At most about `count` whole numbers within [first, last]. Steps are whole numbers, and exact however far from zero
 * they are, so two steps next to each other are never almost equal.
 */
export function stepTicks(first: number, last: number, count: number): number[] {
  const span = last - first;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  return multiplesIn(first, last, Math.max(1, roundStep(span / Math.max(1, count))));
}
