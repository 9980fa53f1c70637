/** How the page words what it knows of differences. */
import { isChange } from '@convscope/shared/channels/change.js';
import type { Reading } from '@convscope/shared/convolution/reading.js';
import { approximation, formatMargin, formatReading, formatValue } from '../../ui/format.js';

/** An exact number to four digits; others as their bounds allow: "≈ 0.249 ± 0.082". */
export function valueText(reading: Reading): string {
  return formatReading(reading, digitsFor(reading.value));
}

/** Decimals that leave `least + 1` digits of a small number. */
function digitsFor(value: number, least = 3): number {
  if (value === 0 || !Number.isFinite(value)) return least;
  return Math.max(least, Math.min(6, least - Math.floor(Math.log10(Math.abs(value)))));
}

/** Correlations near 1 have as many digits as it takes to tell them from 1. */
export function correlationText(reading: Reading, least = 3): string {
  const apart = 1 - Math.abs(reading.value);
  return formatReading(
    reading,
    apart > 0 ? Math.max(least, Math.min(6, Math.ceil(-Math.log10(apart)))) : least,
  );
}

/** "+0.184", "≈ −0.20 ± 0.03". */
export function differenceText(reading: Reading): string {
  const text = valueText(reading);
  if (!(reading.value > 0)) return text;
  return text.startsWith('≈ ') ? `≈ +${text.slice(2)}` : `+${text.replace(/^\+/, '')}`;
}

/** What a difference means, if it may be none. */
export function verdictOf(difference: Reading): string | undefined {
  if (isChange(difference)) return undefined;
  return difference.lo === 0 && difference.hi === 0 ? 'equal' : 'within what the log can tell';
}

/** The size of a change, for a list: "0.388", "≈ 0.39", "< 0.02" for one that may be none, "0" for none. */
export function sizeText({ value, lo, hi }: Reading): string {
  if (lo === hi) return value === 0 ? '0' : formatValue(value, digitsFor(value));
  if (lo <= 0) return `< ${formatMargin(hi)}`;
  return approximation(value, Math.max(hi - value, value - lo)).value;
}

/** The same in as few characters as a narrow tile has room for: three digits, "≈ 0.388". */
export function shortSizeText(reading: Reading): string {
  const { value, lo, hi } = reading;
  if (lo <= 0 || !(value >= 0.001 && value < 999)) return sizeText(reading);
  return `${lo === hi ? '' : '≈ '}${value.toPrecision(value >= 0.1 ? 3 : 2)}`;
}

/** "≈ +12 %" of a norm that grew by an eighth. Undefined if A may be all zero. */
export function growthText(a: Reading, b: Reading): string | undefined {
  if (a.lo <= 0) return undefined;
  const [value, lo, hi] = [b.value / a.value - 1, b.lo / a.hi - 1, b.hi / a.lo - 1];
  const percent = (of: number) => formatValue(of * 100, digitsFor(of * 100, 1));
  if (lo === hi) return `${value > 0 ? '+' : ''}${percent(value)} %`;
  if (lo <= 0 && hi >= 0) return `between ${percent(lo)} and +${percent(hi)} %`;
  return `≈ ${value > 0 ? '+' : ''}${percent(value)} %`;
}

/** "29 %" or "≈ 3.1 %". */
export function shareText({ value, lo, hi }: Reading): string {
  const digits = value < 0.1 ? 2 : 1;
  if (lo === hi) return `${formatValue(value * 100, digits)} %`;
  return lo <= 0 ? `< ${formatMargin(hi * 100)} %` : `≈ ${formatValue(value * 100, digits)} %`;
}
