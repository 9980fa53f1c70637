/** Formats numbers for display. The minus is U+2212, which is as wide as a digit. */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatStep(step: number): string {
  return minus(whole.format(step));
}

function minus(text: string): string {
  return text.startsWith('-') ? (/[1-9]/.test(text) ? `−${text.slice(1)}` : text.slice(1)) : text;
}

/** Fixed to `digits` decimals; very large and very small numbers in exponential form, as 1.2e−7. */
export function formatValue(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 0.5 * 10 ** -digits)) {
    return minus(value.toExponential(Math.max(1, digits - 1)).replace('e+', 'e')).replace('e-', 'e−');
  }
  return minus(value.toFixed(digits));
}

/** At most `digits` after the point and no trailing zeros: for numbers that are mostly whole. */
export function formatShort(value: number, digits = 3): string {
  return Number.isFinite(value) ? minus(String(Number(value.toFixed(digits)))) : formatValue(value);
}

/** For a cell 28 pixels wide: two digits without a leading zero. Empty when the number does not fit. */
export function formatCell(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const size = Math.abs(value);
  if (size >= 999.5) return '';
  if (size >= 99.5) return minus(value.toFixed(0));
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

/** Minutes and seconds, or hours and minutes: 13:42, 2 h 05. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
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
