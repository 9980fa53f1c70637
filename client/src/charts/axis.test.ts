import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lossLimits, ticksIn } from './axis.js';

const curve = (...values: number[]) => values.map((y, x) => ({ x, y }));

test('ticks are round numbers within the axis', () => {
  expect(ticksIn(0.68, 2.42, 3)).toEqual([1, 2]);
  expect(ticksIn(0, 1564, 8)).toEqual([0, 200, 400, 600, 800, 1000, 1200, 1400]);
});

test('limits that are almost equal, or not finite, have no ticks', () => {
  for (const lo of [2.3025851249694824, 1e300, 0])
    expect(ticksIn(lo, lo + Number.EPSILON * lo, 3)).toEqual([]);
  expect(ticksIn(0, Number.POSITIVE_INFINITY, 3)).toEqual([]);
  expect(ticksIn(Number.NaN, 1, 3)).toEqual([]);
  expect(ticksIn(1e20, 1e20 + 1e12, 3).length).toBeLessThan(10);
});

test('values that differ only by rounding get an axis with a usable height', () => {
  for (const value of [2, 2.9, 1e-7, -3e20, 0]) {
    const { lo, hi } = lossLimits(curve(value * (1 + Number.EPSILON)), curve(value), []);
    expect(hi - lo).toBeGreaterThan(0.1 * Math.abs(value));
    expect(ticksIn(lo, hi, 3).length).toBeGreaterThan(0);
  }
});

test('another run that diverged does not flatten the curve of the chosen run', () => {
  const { lo, hi } = lossLimits(curve(2.3, 2, 1), curve(2.4, 1.9, 0.9), [curve(2.3, 1e30)]);
  expect(hi).toBeLessThan(4.5);
  expect(lo).toBeGreaterThan(0);
});

test('there is an axis even without points or with only NaN', () => {
  expect(lossLimits([], [], [])).toEqual({ lo: 0, hi: 1 });
  expect(lossLimits(curve(Number.NaN), curve(Number.NaN), [])).toEqual({ lo: 0, hi: 1 });
  const zero = lossLimits(curve(0, 0), curve(0, 0), []);
  expect(zero.hi).toBeGreaterThan(zero.lo);
});

test.each([
  [5e-324, -5e-324],
  [1e-310, 3e-310],
  [Number.MAX_VALUE, -Number.MAX_VALUE],
  [Number.MAX_VALUE, Number.MAX_VALUE],
])('values at the end of what a number can be have an axis and few ticks: %d, %d', (...values) => {
  const { lo, hi } = lossLimits(curve(...values), [], []);
  expect(hi - lo).toBeGreaterThan(0);
  expect(hi - lo).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(ticksIn(lo, hi, 5).length).toBeLessThan(30);
  expect(ticksIn(Math.min(...values), Math.max(...values), 5).length).toBeLessThan(30);
});

test('whatever the values are, the axis has a finite height and ticks within it', () => {
  const values = fc.array(fc.double({ noNaN: true }), { maxLength: 6 });
  fc.assert(
    fc.property(values, values, values, (own, raw, other) => {
      const { lo, hi } = lossLimits(curve(...own), curve(...raw), [curve(...other)]);
      expect(hi - lo).toBeGreaterThan(0);
      expect(hi - lo).toBeLessThan(Number.POSITIVE_INFINITY);
      const ticks = ticksIn(lo, hi, 5);
      expect(ticks.length).toBeLessThan(30);
      for (const tick of ticks)
        expect(Math.min(tick - lo, hi - tick)).toBeGreaterThanOrEqual((lo - hi) * 1e-9);
    }),
    { numRuns: 2000 },
  );
});
