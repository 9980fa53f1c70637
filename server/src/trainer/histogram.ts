const BUCKETS = 30;

/**
 * Counts of the finite values in 30 equal buckets from the smallest to the largest, as TensorFlow's histogram
 * summary: [left, right, count] each, flat. One bucket of width 1 for a constant; none when nothing is finite.
 */
export function histogramBuckets(values: Float32Array): Float64Array {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let finite = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (finite === 0) return new Float64Array(0);
  if (min === max) return Float64Array.of(min - 0.5, min + 0.5, finite);
  const width = (max - min) / BUCKETS;
  const buckets = new Float64Array(3 * BUCKETS);
  for (let i = 0; i < BUCKETS; i++) {
    buckets[3 * i] = min + i * width;
    buckets[3 * i + 1] = i === BUCKETS - 1 ? max : min + (i + 1) * width;
  }
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(BUCKETS - 1, Math.floor((value - min) / width));
    buckets[3 * bucket + 2]!++;
  }
  return buckets;
}
