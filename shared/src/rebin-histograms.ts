/** Puts histograms with different buckets into bins of the same width, so that they can be drawn above each other. */

/** TensorBoard's own number of bins. */
export const DEFAULT_BINS = 30;

export interface BinRange {
  readonly left: number;
  readonly right: number;
}

/**
 * The range of the bins: from the lowest edge of any histogram to the highest, and wider if both are the same. Undefined
 * if no histogram has a bucket.
 * @param histograms [left, right, count] a bucket, flat
 */
export function binRange(histograms: Iterable<Float64Array>): BinRange | undefined {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const buckets of histograms) {
    if (buckets.length < 3) continue;
    left = Math.min(left, buckets[0]!);
    // Not the edge itself, since that is how TensorBoard rounds.
    const last = buckets.length - 3;
    right = Math.max(right, buckets[last]! + (buckets[last + 1]! - buckets[last]!));
  }
  if (!(left <= right)) return undefined;
  return left === right ? { left: left / 1.1 - 1, right: 1.1 * right + 1 } : { left, right };
}

/**
 * The count in each of `bins` bins of equal width. A bucket that lies in several bins is divided by width; one without
 * width counts in the bin that begins with it. The numbers are those of TensorBoard's histogram card
 * (tensorboard/webapp/widgets/histogram/histogram_util.ts).
 * @param buckets [left, right, count] a bucket, flat, in ascending order
 */
export function rebin(buckets: Float64Array, { left, right }: BinRange, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  const width = (right - left) / bins;
  let at = 0;
  let carried = 0;
  for (let bin = 0; bin < bins; bin++) {
    const binLeft = left + bin * width;
    const binRight = binLeft + width;
    const isLast = bin === bins - 1;
    let count = carried;
    carried = 0;
    for (; at + 2 < buckets.length; at += 3) {
      const bucketLeft = buckets[at]!;
      const bucketWidth = buckets[at + 1]! - bucketLeft;
      const bucketRight = bucketLeft + bucketWidth;
      const inside = buckets[at + 2]!;
      if (bucketLeft <= binRight && bucketRight >= binLeft) {
        if (bucketWidth !== 0) {
          const shared = Math.min(bucketRight, binRight) - Math.max(bucketLeft, binLeft);
          count += (inside * shared) / bucketWidth;
        } else if (isLast || bucketRight < binRight) count += inside;
        else carried += inside;
      }
      if (bucketRight > binRight) break;
    }
    counts[bin] = count;
  }
  return counts;
}
