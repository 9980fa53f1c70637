import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Smoothing } from './smoothing.js';

function smooth(values: readonly number[], weight: number): number[] {
  const smoothing = new Smoothing(weight);
  return values.map((value) => smoothing.next(value));
}

/** TensorBoard's resmoothDataset, line by line. */
function asTensorBoard(values: readonly number[], weight: number): number[] {
  let last = 0;
  let count = 0;
  const isConstant = values.every((value) => value === values[0]);
  return values.map((value) => {
    if (isConstant || !Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    count++;
    return last / (1 - weight ** count);
  });
}

// Computed by hand from s ← w·s + (1 − w)·v, shown as s / (1 − wⁿ), with w = 0.5.
it('is corrected for starting at zero', () => {
  expect(smooth([4, 4, 8], 0.5)).toEqual([4, 4, 5.5 / 0.875]);
});

it('leaves a constant series as it is, to the last digit', () => {
  expect(smooth(Array(1000).fill(0.1), 0.999)).toEqual(Array(1000).fill(0.1));
});

it('does nothing with weight 0', () => {
  expect(smooth([1, 5, -2], 0)).toEqual([1, 5, -2]);
});

it('passes values on that are not finite, and does not average them', () => {
  expect(smooth([4, Number.NaN, Number.POSITIVE_INFINITY, 4], 0.5)).toEqual([4, Number.NaN, Infinity, 4]);
});

it('is what TensorBoard computes', () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
    fc.double(),
  );
  fc.assert(
    fc.property(fc.array(value), fc.double({ min: 0, max: 0.999, noNaN: true }), (values, weight) => {
      const [ours, theirs] = [smooth(values, weight), asTensorBoard(values, weight)];
      // Rounding errors grow with the values.
      const largest = values.filter(Number.isFinite).reduce((all, one) => Math.max(all, Math.abs(one)), 1);
      for (const [at, expected] of theirs.entries()) {
        if (Number.isFinite(expected)) expect(Math.abs(ours[at]! - expected) / largest).toBeLessThan(1e-12);
        else expect(ours[at]).toBe(expected);
      }
    }),
  );
  const long = Array.from({ length: 50_000 }, (_, at) => Math.sin(at));
  expect(smooth(long, 0.999)).toEqual(asTensorBoard(long, 0.999));
});

it('goes on from its state as if it had never stopped', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), fc.nat(), (values, cut) => {
      const whole = smooth(values, 0.9);
      const first = new Smoothing(0.9);
      const at = values.length === 0 ? 0 : cut % values.length;
      for (const value of values.slice(0, at)) first.next(value);
      const second = new Smoothing(0.9, first.state);
      expect(values.slice(at).map((value) => second.next(value))).toEqual(whole.slice(at));
    }),
  );
});

it('refuses a weight outside [0, 1)', () => {
  expect(() => new Smoothing(1)).toThrow('must be in [0, 1)');
});
