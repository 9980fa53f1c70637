/** Formats numbers for display. The minus is U+2212, which is as wide as a digit. */
import { marginOf, type Reading } from '@convscope/shared/convolution/reading.js';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatStep(step: number): string {
  return minus(whole.format(step));
}

function minus(text: string): string {
  return text.startsWith('-') ? (/[1-9]/.test(text) ? `−${text.slice(1)}` : text.slice(1)) : text;
}

/** Writes what `toFixed` or `toExponential` gave as it is displayed. */
function written(text: string): string {
  return minus(text.replace('e+', 'e')).replace('e-', 'e−');
}

/**
 * Fixed to `digits` decimals, and to more where fewer than two digits would be left of the number; very large and very small
 * numbers in exponential form, as 1.2e−7.
 */
export function formatValue(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 0.5 * 10 ** -digits)) {
    return written(value.toExponential(Math.max(1, digits - 1)));
  }
  // Fewer decimals than two are asked for where only they count.
  const hasTwoDigits = digits < 2 || size === 0 || size >= 0.995 * 10 ** (1 - digits);
  return written(hasTwoDigits ? value.toFixed(digits) : value.toPrecision(2));
}

/** The two parts of "≈ 0.249 ± 0.082". An exact number has neither sign nor margin. */
export interface Approximation {
  readonly value: string;
  readonly margin: string;
}

/**
 * A number that differs from the exact one by at most `bound`. It is rounded to the second digit of the bound, and the
 * printed margin includes that rounding, so that the printed interval holds the exact number.
 * @param digits decimals of an exact number
 */
export function approximation(value: number, bound: number, digits = 3): Approximation {
  if (bound === 0 || !Number.isFinite(value)) return { value: formatValue(value, digits), margin: '' };
  const place = Math.floor(Math.log10(bound)) - 1;
  const size = Math.max(Math.abs(value), bound);
  const text =
    size >= 1e5 || size < 1e-3
      ? value.toExponential(between(1, Math.floor(Math.log10(Math.abs(value))) - place, 6))
      : value.toFixed(between(0, -place, 6));
  const shown = Number(text);
  return {
    value: `≈ ${shown === 0 ? '0' : written(text)}`,
    margin: `± ${formatMargin(bound + Math.abs(value - shown))}`,
  };
}

/** "≈ 0.249 ± 0.082", or "0.249" for an exact number. */
export function formatWithin(value: number, bound: number, digits = 3): string {
  const parts = approximation(value, bound, digits);
  return parts.margin === '' ? parts.value : `${parts.value} ${parts.margin}`;
}

export function formatReading(reading: Reading, digits = 3): string {
  return formatWithin(reading.value, marginOf(reading), digits);
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** Two digits, rounded away from zero: a margin may be too wide, but not too narrow. */
export function formatMargin(margin: number): string {
  if (margin === 0 || !Number.isFinite(margin)) return formatValue(margin);
  const place = Math.floor(Math.log10(margin)) - 1;
  // Without the tolerance, 0.023 would become 0.024: its double times 1000 is a little more than 23.
  const units = Math.ceil(margin * 10 ** -place - 1e-9);
  const size = units * 10 ** place;
  return size >= 1e5 || size < 1e-3
    ? written(size.toExponential(1))
    : written(size.toFixed(Math.max(0, -place)));
}

/** At most `digits` after the point and no trailing zeros: for numbers that are mostly whole. */
export function formatShort(value: number, digits = 3): string {
  return Number.isFinite(value) ? minus(String(Number(value.toFixed(digits)))) : formatValue(value);
}

/** Like `formatShort`, or with its margin if the number is not exact. */
export function formatShortWithin(value: number, bound: number, digits = 3): string {
  return bound === 0 ? formatShort(value, digits) : formatWithin(value, bound, digits);
}

/** For a cell 28 pixels wide: two digits or three, without a leading zero. Empty when the number does not fit. */
export function formatCell(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const size = Math.abs(value);
  if (size >= 999.5) return '';
  if (size >= 9.95) return minus(value.toFixed(0));
  return minus(value.toFixed(size >= 0.995 ? 1 : 2)).replace(/^(−?)0\./, '$1.');
}

export function formatPercent(fraction: number, digits = 1): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits)} %` : formatValue(fraction);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

const YEAR = 365.25 * 86_400;

/** Minutes and seconds, hours and minutes, days and hours, or years: 13:42, 2 h 05, 3 d 4 h, 2.5 years. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total >= 2 * YEAR) return `${formatValue(total / YEAR, total < 10 * YEAR ? 1 : 0)} years`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (total >= 48 * 3600)
    return `${formatStep(Math.floor(total / 86_400))} d ${Math.floor((total % 86_400) / 3600)} h`;
  if (total >= 3600) return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))}`;
  return `${Math.floor(total / 60)}:${two(total % 60)}`;
}

/** The way people write settings: 0.001 as 1e-3, but 0.05 unchanged. */
export function formatConfig(value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value);
  if (value !== 0 && Math.abs(value) < 0.01) return value.toExponential().replace('e+', 'e');
  return Number.isInteger(value) && Math.abs(value) >= 10_000 ? whole.format(value) : String(value);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}
