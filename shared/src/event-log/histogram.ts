/** Values → histogram buckets, as TensorBoard and torch make them. */

/** Buckets that TensorBoard's own writer makes when it is not told otherwise. */
export const DEFAULT_BUCKETS = 30;

/**
 * [left, right, count] a bucket, flat: equal widths from the smallest to the largest value, the last bucket closed
 * (tensorboard/plugins/histogram/summary_v2.py; numpy.histogram with a number of bins). Where all values are the
 * same, all counts lie in the last of `buckets` buckets without width. Non-finite values are left out: count them
 * elsewhere. No finite value: buckets of zeros.
 */
export function histogramOf(values: Float32Array, buckets: number = DEFAULT_BUCKETS): Float64Array {
  const flat = new Float64Array(buckets * 3);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0 || buckets === 0) return flat;
  const width = (max - min) / buckets;
  for (let bucket = 0; bucket < buckets; bucket++) {
    flat[bucket * 3] = min + bucket * width;
    flat[bucket * 3 + 1] = bucket === buckets - 1 ? max : min + (bucket + 1) * width;
  }
  if (width === 0) {
    flat[buckets * 3 - 1] = count;
    return flat;
  }
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(Math.floor((value - min) / width), buckets - 1);
    flat[bucket * 3 + 2]!++;
  }
  return flat;
}
