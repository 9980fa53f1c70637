import { expect, test } from 'vitest';
import { valueRange } from './value-range.js';

function rangeOf(values: readonly number[]) {
  return valueRange((visit) => {
    for (const value of values) visit(value, 1);
  });
}

test('quantiles agree with the sorted values to within a bin of 1/4096', () => {
  const values = Array.from({ length: 1000 }, (_, k) => (k - 400) / 100);
  const range = rangeOf(values);
  expect([range.min, range.max]).toEqual([-4, 5.99]);
  const absolute = values.map(Math.abs).sort((a, b) => a - b);
  const positive = values.filter((value) => value > 0).sort((a, b) => a - b);
  const bin = 5.99 / 4096;
  expect(Math.abs(range.absolute - absolute[994]!)).toBeLessThanOrEqual(2 * bin);
  expect(Math.abs(range.positive - positive[Math.ceil(positive.length * 0.985) - 1]!)).toBeLessThanOrEqual(
    2 * bin,
  );
});

test('an outlier changes minimum and maximum, but not the quantiles', () => {
  const range = rangeOf([...Array.from({ length: 999 }, () => 1), 50]);
  expect(range.max).toBe(50);
  expect(range.absolute).toBeLessThan(1.1);
});

test('the range of zeros and of no values is zero', () => {
  expect(rangeOf([0, 0])).toEqual({ min: 0, max: 0, absolute: 0, positive: 0 });
  expect(rangeOf([])).toEqual({ min: 0, max: 0, absolute: 0, positive: 0 });
});
