/** Histograms that no plot can draw: those without values, and those whose limits are not numbers. */
import { binRange } from '@convscope/shared/rebin-histograms.js';
import { formatStep } from '../../ui/format.js';
import type { HistogramAt } from './histogram-at.js';

type Undrawn = 'empty' | 'nan' | 'infinite';

/** Why a histogram cannot be drawn; undefined if it can. */
export function whyUndrawn({ count, buckets }: HistogramAt): Undrawn | undefined {
  if (count === 0) return 'empty';
  if (binRange([buckets]) !== undefined) return undefined;
  return buckets.some(Number.isNaN) ? 'nan' : 'infinite';
}

/** What is said in the place of a plot of which nothing can be drawn; undefined if something can, or nothing has come yet. */
export function undrawnText(histograms: readonly HistogramAt[]): string | undefined {
  const reasons = new Set(histograms.map(whyUndrawn));
  if (reasons.size === 0 || reasons.has(undefined)) return undefined;
  const [these, hold] = histograms.length === 1 ? ['This histogram', 'holds'] : ['These histograms', 'hold'];
  const limits = reasons.has('nan') ? 'NaN' : 'infinite';
  if (!reasons.has('empty')) return `The limits of ${these.toLowerCase()} are ${limits}.`;
  return reasons.size === 1
    ? `${these} ${hold} no values.`
    : `${these} hold no values, or their limits are ${limits}.`;
}

/** What a plot that draws others leaves out; undefined if nothing. */
export function leftOutText(histograms: readonly HistogramAt[]): string | undefined {
  const reasons = histograms.map(whyUndrawn);
  const of = (one: Undrawn) => reasons.filter((reason) => reason === one).length;
  const parts = [
    [of('empty'), 'without values'] as const,
    [of('nan'), 'with NaN as limits'] as const,
    [of('infinite'), 'with infinite limits'] as const,
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${formatStep(count)} ${what}`]));
  return parts.length === 0 || !reasons.includes(undefined) ? undefined : `Not drawn: ${parts.join(', ')}.`;
}
