import fc from 'fast-check';
import { expect, it } from 'vitest';
import { medianOf } from './median.js';

function median(numbers: Float64Array): number | undefined {
  for (const work = medianOf(numbers); ; ) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

it('is the middle number, or the mean of the two in the middle', () => {
  expect(median(Float64Array.of(9, 1, 5))).toBe(5);
  expect(median(Float64Array.of(10, 2, 9, 1))).toBe(5.5);
  expect(median(new Float64Array(0))).toBeUndefined();
});

it('is what sorting gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (numbers) => {
      const sorted = Float64Array.from(numbers).sort();
      const half = sorted.length / 2;
      const expected = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
      expect(median(Float64Array.from(numbers))).toBe(expected);
    }),
  );
});
