/** Puts histograms with different buckets into bins of the same width, so that they can be drawn above each other. */

/** TensorBoard's own number of bins. */
export const DEFAULT_BINS = 30;

/** The range of the bins and its width are finite: limits beyond this are drawn at it. */
const LARGEST = Number.MAX_VALUE / 16;

export interface BinRange {
  readonly left: number;
  readonly right: number;
}

/**
 * The range of the bins: from the lowest finite edge of any histogram to the highest, and wider if both are the same. Undefined
 * if no histogram has a bucket with one, or the edges at its ends are NaN.
 * @param histograms [left, right, count] a bucket, flat
 */
export function binRange(histograms: Iterable<Float64Array>): BinRange | undefined {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const buckets of histograms) {
    const last = buckets.length - 3;
    if (last < 0 || Number.isNaN(buckets[0]!) || Number.isNaN(buckets[last + 1]!)) continue;
    const [lowest, highest] = [lowestOf(buckets), highestOf(buckets)];
    if (lowest === undefined || highest === undefined) continue;
    left = Math.min(left, lowest);
    right = Math.max(right, highest);
  }
  if (!(left <= right)) return undefined;
  left = clamped(left);
  right = clamped(right);
  return left === right ? { left: left / 1.1 - 1, right: 1.1 * right + 1 } : { left, right };
}

function clamped(edge: number): number {
  return Math.max(-LARGEST, Math.min(LARGEST, edge));
}

function lowestOf(buckets: Float64Array): number | undefined {
  for (let at = 0; at + 2 < buckets.length; at++)
    if (at % 3 < 2 && Number.isFinite(buckets[at]!)) return buckets[at];
  return undefined;
}

function highestOf(buckets: Float64Array): number | undefined {
  const last = buckets.length - 3;
  // Not the edge itself, since that is how TensorBoard rounds.
  const rounded = buckets[last]! + (buckets[last + 1]! - buckets[last]!);
  if (Number.isFinite(rounded)) return rounded;
  return buckets.findLast((edge, at) => at % 3 < 2 && Number.isFinite(edge));
}

/**
 * The count in each of `bins` bins of equal width. A bucket that lies in several bins is divided by width; one without
 * width counts in the bin that begins with it. One with an infinite limit counts at its other one, since how far its values reach is
 * not known. The numbers are those of TensorBoard's histogram card
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
      const [from, to] = [buckets[at]!, buckets[at + 1]!];
      const bucketLeft = clamped(from === Number.NEGATIVE_INFINITY ? to : from);
      const bucketWidth = to === Number.POSITIVE_INFINITY ? 0 : clamped(to) - bucketLeft;
      const bucketRight = bucketLeft + bucketWidth;
      const inside = buckets[at + 2]!;
      if (bucketLeft <= binRight && bucketRight >= binLeft) {
        if (bucketWidth !== 0) {
          const shared = Math.min(bucketRight, binRight) - Math.max(bucketLeft, binLeft);
          count += inside * (shared / bucketWidth);
        } else if (isLast || bucketRight < binRight) count += inside;
        else carried += inside;
      }
      if (bucketRight > binRight) break;
    }
    counts[bin] = count;
  }
  return counts;
}
