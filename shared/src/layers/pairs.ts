/** Products, quotients and extremes of two values. */
import type { Reading } from '../convolution/reading.js';

export function product(a: Reading, b: Reading): Reading {
  const value = a.value * b.value;
  if (a.lo === a.hi && b.lo === b.hi) return { value, lo: value, hi: value };
  const ends = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { value, lo: Math.min(...ends), hi: Math.max(...ends) };
}

export function quotient(a: Reading, b: Reading): Reading {
  const value = a.value / b.value;
  if (a.lo === a.hi && b.lo === b.hi) return { value, lo: value, hi: value };
  // The divisor may be 0, so that nothing is known.
  if (b.lo <= 0 && b.hi >= 0) return { value, lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  const ends = [a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi];
  return { value, lo: Math.min(...ends), hi: Math.max(...ends) };
}

/** As PyTorch's maximum: NaN wins. */
export function larger(a: Reading, b: Reading): Reading {
  return { value: Math.max(a.value, b.value), lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
}

/** As PyTorch's minimum: NaN wins. */
export function smaller(a: Reading, b: Reading): Reading {
  return { value: Math.min(a.value, b.value), lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) };
}
