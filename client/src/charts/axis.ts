/** Limits and ticks of the strip's axes. */
import type { Point } from '../series/min-max-buckets.js';

interface Span {
  readonly lo: number;
  readonly hi: number;
}

/** The values between two quantiles. */
function quantiles(points: readonly Point[], low: number, high: number): Span | undefined {
  const values = points
    .map(({ y }) => y)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const at = (quantile: number) => values[Math.min(values.length - 1, Math.floor(values.length * quantile))]!;
  return { lo: at(low), hi: at(high) };
}

/**
 * Limits of the loss axis: what the chosen run's smoothed curve spans and 1 % to 99 % of its raw values. Other runs may
 * widen them, but a run that diverged must not flatten the one that is looked at: by its own height at most.
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

/**
 * All of the values are the same, but for rounding: the one point of a curve and its average differ in the last bit,
 * and an axis between the two would have no room for a tick.
 */
function isFlat(lo: number, hi: number): boolean {
  return !(hi - lo > 1e-9 * Math.max(Math.abs(lo), Math.abs(hi)));
}

function extent(lo: number, hi: number): number {
  return isFlat(lo, hi) ? Math.abs(hi) || 1 : hi - lo;
}

/** More ticks than this are a mistake: no axis has room for them. */
const MOST_TICKS = 1000;

/** Round numbers within [lo, hi], about `count` of them; none where lo and hi cannot be told apart. */
export function ticksIn(lo: number, hi: number, count: number): number[] {
  const span = hi - lo;
  if (!(span > 0) || !Number.isFinite(span) || isFlat(lo, hi)) return [];
  const rough = span / Math.max(1, count);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * unit).find((one) => one >= rough) ?? 10 * unit;
  const first = Math.ceil(lo / step);
  const ticks = Math.floor(hi / step) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(MOST_TICKS, ticks || 0)) }, (_, k) => (first + k) * step);
}
