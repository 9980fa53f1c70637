import fc from 'fast-check';
import { expect, it } from 'vitest';
import { medianOf } from './median.js';

it('is the middle number, or the mean of the two in the middle', () => {
  expect(medianOf(Float64Array.of(9, 1, 5))).toBe(5);
  expect(medianOf(Float64Array.of(10, 2, 9, 1))).toBe(5.5);
  expect(medianOf(new Float64Array(0))).toBeUndefined();
});

it('is what sorting gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (numbers) => {
      const sorted = Float64Array.from(numbers).sort();
      const half = sorted.length / 2;
      const median = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
      expect(medianOf(Float64Array.from(numbers))).toBe(median);
    }),
  );
});
