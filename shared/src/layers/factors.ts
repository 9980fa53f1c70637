/** Products and quotients of single values. */
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
