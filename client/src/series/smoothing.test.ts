import { expect, test } from 'vitest';
import { DebiasedAverage } from './smoothing.js';

function smooth(values: readonly number[], weight: number): number[] {
  const average = new DebiasedAverage(weight);
  return values.map((value) => average.next(value));
}

// Computed by hand from s ← w·s + (1 − w)·v, shown as s / (1 − wⁿ), with w = 0.5.
test('the average is corrected for starting at zero', () => {
  // s: 2, 3, 5.5 → /0.5, /0.75, /0.875
  expect(smooth([4, 4, 8], 0.5)).toEqual([4, 4, 5.5 / 0.875]);
});

test('a constant is unchanged at any weight', () => {
  for (const value of smooth([3, 3, 3, 3], 0.99)) expect(value).toBeCloseTo(3, 12);
});

test('weight 0 does not smooth', () => {
  expect(smooth([1, 5, -2], 0)).toEqual([1, 5, -2]);
});

test('non-finite values are returned but not averaged', () => {
  const [first, second, third] = smooth([4, Number.NaN, 4], 0.5);
  expect(first).toBe(4);
  expect(second).toBeNaN();
  expect(third).toBe(4);
});

test('a weight outside [0, 1) is refused', () => {
  expect(() => new DebiasedAverage(1)).toThrow('must be in [0, 1)');
});
