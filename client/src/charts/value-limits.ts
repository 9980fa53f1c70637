/** Limits of an axis of values, as TensorBoard's time series choose them. */

/** Of fewer values none is an outlier: a twentieth of them is less than one. */
const FEWEST = 20;
/** Room above and below the values, as a share of their range. */
const PADDING = 0.05;

export interface Limits {
  readonly lo: number;
  readonly hi: number;
}

/**
 * The lowest and highest of the values or, without outliers, their 5th and 95th percentile.
 * (tensorboard/webapp/widgets/line_chart_v2/lib/data_utils.ts, computeDataSeriesExtent)
 */
export function extentOf(values: Float64Array, ignoreOutliers: boolean): Limits | undefined {
  const finite = values.filter(Number.isFinite);
  const last = finite.length - 1;
  if (last < 0) return undefined;
  const [low, high] =
    ignoreOutliers && finite.length >= FEWEST ? [Math.ceil(last * 0.05), Math.floor(last * 0.95)] : [0, last];
  return { lo: nth(finite, low), hi: nth(finite, high) };
}

/** The value that sorting would put at `place`. Changes the order of the values (Hoare's quickselect). */
function nth(values: Float64Array, place: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return values[place]!;
}

/** With some room above and below. Limits that are equal get room around them. */
export function padded({ lo, hi }: Limits): Limits {
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  // Equal except for rounding: ticks would have no room between.
  const isFlat = !(hi - lo > 1e-9 * size);
  const room = isFlat ? size * PADDING || 1 : (hi - lo) * PADDING;
  return { lo: lo - room, hi: hi + room };
}
