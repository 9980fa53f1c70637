/** Below this the series converges in some 30 terms without cancelling more than two digits. */
const SERIES_BELOW = 2;

/**
 * The error function, to some 1e-14: its Taylor series near 0 and the continued fraction of erfc elsewhere
 * (Abramowitz and Stegun 7.1.5 and 7.1.14).
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  const result = size < SERIES_BELOW ? series(size) : 1 - complement(size);
  return x < 0 ? -result : result;
}

function series(x: number): number {
  let power = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    power *= (-x * x) / n;
    sum += power / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function complement(x: number): number {
  let fraction = x;
  for (let n = 80; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
