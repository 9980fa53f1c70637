/** The range of all finite values of a record, from which the colour limits are derived. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  /** The 99.5 % quantile of the absolute values. */
  readonly absolute: number;
  /** The 98.5 % quantile of the positive values; 0 if there are none. */
  readonly positive: number;
}

const BINS = 4096;

/** Calls `visit` with every finite value and its number of occurrences. */
export type VisitValues = (visit: (value: number, count: number) => void) => void;

/**
 * Computes the range and quantiles of values in two passes. The quantiles come from 4,096 bins up to the largest absolute
 * value, rounded up to a bin's edge. That is enough for choosing colours; they are not shown as numbers.
 */
export function valueRange(values: VisitValues): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  values((value) => {
    if (value < min) min = value;
    if (value > max) max = value;
  });
  if (!(min <= max)) return { min: 0, max: 0, absolute: 0, positive: 0 };
  const top = Math.max(Math.abs(min), Math.abs(max));
  if (top === 0) return { min, max, absolute: 0, positive: 0 };
  const negative = new Float64Array(BINS);
  const positive = new Float64Array(BINS);
  let total = 0;
  let totalPositive = 0;
  values((value, count) => {
    const bin = Math.min(BINS - 1, Math.floor((Math.abs(value) / top) * BINS));
    total += count;
    if (value > 0) {
      positive[bin]! += count;
      totalPositive += count;
    } else negative[bin]! += count;
  });
  const edge = (counts: (bin: number) => number, wanted: number, limit: number): number => {
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += counts(bin);
      if (seen >= wanted) return Math.min(limit, ((bin + 1) / BINS) * top);
    }
    return limit;
  };
  return {
    min,
    max,
    absolute: edge((bin) => negative[bin]! + positive[bin]!, total * 0.995, top),
    positive: totalPositive === 0 ? 0 : edge((bin) => positive[bin]!, totalPositive * 0.985, max),
  };
}

/** The smallest range that holds both. */
export function unionOfRanges(a: ValueRange, b: ValueRange): ValueRange {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    absolute: Math.max(a.absolute, b.absolute),
    positive: Math.max(a.positive, b.positive),
  };
}
