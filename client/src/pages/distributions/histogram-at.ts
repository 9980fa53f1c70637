/** A histogram of the log, with what is drawn of it. */
import { percentilesOf } from '@convscope/shared/histogram-percentiles.js';
import type { DecodedHistogram } from '../../decode/decoded.js';

export interface HistogramAt {
  readonly step: number;
  /** Seconds since the epoch. */
  readonly wallTime: number;
  /** [left, right, count] a bucket, flat. */
  readonly buckets: Float64Array;
  /** At each of BASIS_POINTS. */
  readonly percentiles: Float64Array;
  /** How many values it counts. */
  readonly count: number;
}

/** Decoded events stay in a cache, so what is computed of them is kept as long as they are. */
const known = new WeakMap<DecodedHistogram, HistogramAt>();

export function histogramAt(decoded: DecodedHistogram, wallTime: number): HistogramAt {
  const before = known.get(decoded);
  if (before !== undefined) return before;
  const { step, buckets } = decoded;
  let count = 0;
  for (let at = 2; at < buckets.length; at += 3) count += buckets[at]!;
  const made = { step, wallTime, buckets, percentiles: percentilesOf(buckets), count };
  known.set(decoded, made);
  return made;
}
