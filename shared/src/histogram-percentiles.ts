/** The percentiles of a histogram, as TensorBoard's distributions show them. */

/** In hundredths of a per cent: the least and the greatest value, the median, and ½, 1 and 1½ σ of a normal distribution around it. */
export const BASIS_POINTS = [0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10_000] as const;

/**
 * The value at each of `BASIS_POINTS`, in ascending order, linear within a bucket. Zeros if the histogram has no buckets.
 * Where a limit is infinite nothing can be interpolated: the finite one is as close as it is known.
 * The numbers are those of `compress_histogram` in tensorboard/plugins/distribution/compressor.py.
 * @param buckets [left, right, count] a bucket, flat
 */
export function percentilesOf(buckets: Float64Array): Float64Array {
  const values = new Float64Array(BASIS_POINTS.length);
  const count = Math.floor(buckets.length / 3);
  if (count === 0) return values;
  const [least, greatest] = [buckets[0]!, buckets[(count - 1) * 3 + 1]!];
  let total = 0;
  for (let bucket = 0; bucket < count; bucket++) total += buckets[bucket * 3 + 2]!;
  /** What lies in the buckets up to `bucket` and before it, in basis points. */
  let [bucket, before, weight] = [0, 0, weightOf(buckets, 0, total)];
  for (const [at, point] of BASIS_POINTS.entries()) {
    // Empty buckets are passed, since nothing can be interpolated in them.
    while (bucket < count && (weight <= point || weight === before)) {
      before = weight;
      bucket++;
      if (bucket < count) weight += weightOf(buckets, bucket, total);
    }
    if (bucket === count) {
      values[at] = greatest;
      continue;
    }
    const left = before === 0 ? least : Math.max(buckets[bucket * 3 - 2]!, least);
    const right = Math.min(buckets[bucket * 3 + 1]!, greatest);
    values[at] = between(left, right, (point - before) / (weight - before));
  }
  return values;
}

function between(left: number, right: number, share: number): number {
  const width = right - left;
  if (Number.isFinite(width)) return left + share * width;
  if (share === 0 || left === right) return left;
  // The sum of two numbers of opposite signs, where their difference is too large for a number.
  if (Number.isFinite(left) && Number.isFinite(right)) return (1 - share) * left + share * right;
  return Number.isFinite(left) ? left : right;
}

function weightOf(buckets: Float64Array, bucket: number, total: number): number {
  return (buckets[bucket * 3 + 2]! * BASIS_POINTS[BASIS_POINTS.length - 1]!) / (total || 1);
}
