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
  const sorted = values.filter(Number.isFinite).sort();
  const last = sorted.length - 1;
  if (last < 0) return undefined;
  if (!ignoreOutliers || sorted.length < FEWEST) return { lo: sorted[0]!, hi: sorted[last]! };
  return { lo: sorted[Math.ceil(last * 0.05)]!, hi: sorted[Math.floor(last * 0.95)]! };
}

/** With some room above and below. Limits that are equal get room around them. */
export function padded({ lo, hi }: Limits): Limits {
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  // Equal except for rounding: ticks would have no room between.
  const isFlat = !(hi - lo > 1e-9 * size);
  const room = isFlat ? size * PADDING || 1 : (hi - lo) * PADDING;
  return { lo: lo - room, hi: hi + room };
}
