import { expect, test } from 'vitest';
import { medianOf } from './median.js';

test('the median is the middle value, or the mean of the two in the middle, of those that are finite', () => {
  expect(medianOf(Float64Array.of(9, 1, 5))).toBe(5);
  expect(medianOf(Float64Array.of(10, 2, 9, 1))).toBe(5.5);
  expect(medianOf(Float64Array.of(Number.NaN, 4, Number.POSITIVE_INFINITY))).toBe(4);
  expect(medianOf(Float64Array.of(Number.NaN))).toBeUndefined();
  expect(medianOf(new Float64Array(0))).toBeUndefined();
});
