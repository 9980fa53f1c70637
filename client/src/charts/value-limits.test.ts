import { expect, test } from 'vitest';
import { extentOf, padded } from './value-limits.js';

/** TensorBoard's computeDataSeriesExtent for one list of values, line by line. */
function asTensorBoard(values: readonly number[]): { lo: number; hi: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const lo = sorted[Math.ceil((sorted.length - 1) * 0.05)]!;
  const hi = sorted[Math.floor((sorted.length - 1) * 0.95)]!;
  return { lo, hi };
}

test('without outliers the limits are the 5th and 95th percentile of TensorBoard', () => {
  for (const count of [20, 21, 100, 1234]) {
    const values = Array.from(
      { length: count },
      (_, at) => Math.sin(at * 12.9) * 100 + (at % 40 === 7 ? 1e6 : 0),
    );
    expect(extentOf(Float64Array.from(values), true)).toEqual(asTensorBoard(values));
  }
});

test('with outliers, and of few values, the limits are the lowest and the highest', () => {
  expect(extentOf(Float64Array.of(3, 1, 900), false)).toEqual({ lo: 1, hi: 900 });
  expect(extentOf(Float64Array.of(3, 1, 900), true)).toEqual({ lo: 1, hi: 900 });
});

test('values that are not finite do not count, and without others there are no limits', () => {
  expect(extentOf(Float64Array.of(Number.NaN, 2, Number.POSITIVE_INFINITY), false)).toEqual({ lo: 2, hi: 2 });
  expect(extentOf(Float64Array.of(Number.NaN), true)).toBeUndefined();
});

test('a flat curve has room around it', () => {
  const { lo, hi } = padded({ lo: 0.5, hi: 0.5 });
  expect(lo).toBeLessThan(0.5);
  expect(hi).toBeGreaterThan(0.5);
  expect(padded({ lo: 0, hi: 0 })).toEqual({ lo: -1, hi: 1 });
});
