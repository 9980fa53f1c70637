/** A bin of the legend's histogram, as the pointer names it. */
import type { ValueHistogram } from '../drawing/histogram.js';
import type { Limits } from '../drawing/lut.js';
import { formatValue, plural } from '../ui/format.js';

export interface LegendBin {
  readonly bin: number;
  /** The values of the pixels that light up. */
  readonly limits: Limits;
  /** "0.38 … 0.42", "≥ 1.72" */
  readonly values: string;
  /** "132 pixels, 0.8 %" */
  readonly share: string;
}

/**
 * The first and the last bin also stand for what lies beyond the axis. Zeros after ReLU are not counted in the histogram,
 * but light up with the bin that holds zero.
 */
export function legendBin(
  histogram: ValueHistogram,
  axis: Limits,
  bin: number,
  isRectified: boolean,
): LegendBin | undefined {
  const { counts, zeros, below, above, total } = histogram;
  const last = counts.length - 1;
  if (bin < 0 || bin > last) return undefined;
  const width = (axis.hi - axis.lo) / counts.length;
  const [lo, hi] = [axis.lo + bin * width, axis.lo + (bin + 1) * width];
  const isOpenBelow = bin === 0 && below > 0;
  const isOpenAbove = bin === last && above > 0;
  const hasZeros = isRectified && zeros > 0 && lo <= 0 && hi > 0;
  const count = counts[bin]! + (isOpenBelow ? below : 0) + (isOpenAbove ? above : 0) + (hasZeros ? zeros : 0);
  const digits = Math.max(2, Math.min(6, Math.ceil(-Math.log10(width || 1)) + 1));
  const [from, to] = [formatValue(lo, digits), formatValue(hi, digits)];
  return {
    bin,
    limits: {
      lo: isOpenBelow ? Number.NEGATIVE_INFINITY : lo,
      hi: isOpenAbove ? Number.POSITIVE_INFINITY : hi,
    },
    values: isOpenBelow ? `≤ ${to}` : isOpenAbove ? `≥ ${from}` : `${from} … ${to}`,
    share: `${plural(count, 'pixel')}, ${percent(count, total)}`,
  };
}

function percent(count: number, total: number): string {
  const share = (count / Math.max(1, total)) * 100;
  return share > 0 && share < 0.1 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}

/** Whether values of the bins are above the limit. */
export function anyAbove(counts: Float64Array, axis: Limits, hi: number): boolean {
  const from = Math.ceil(((hi - axis.lo) / (axis.hi - axis.lo)) * counts.length);
  return counts.subarray(Math.max(0, from)).some((count) => count > 0);
}

/** Whether values of the bins are below the limit. */
export function anyBelow(counts: Float64Array, axis: Limits, lo: number): boolean {
  const to = Math.floor(((lo - axis.lo) / (axis.hi - axis.lo)) * counts.length);
  return counts.subarray(0, Math.max(0, to)).some((count) => count > 0);
}
