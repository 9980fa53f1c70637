import { expect, test } from 'vitest';
import { MARK } from '../decode/decoded.js';
import { histogramOf } from './histogram.js';
import { type MapStack, valueStack } from './map-stack.js';

const AXIS = { lo: 0, hi: 4 };
const VALUES = [1, 3, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test('NaN, +∞ and −∞ are counted apart, and none of them is in a bin', () => {
  const histogram = histogramOf(valueStack(Float32Array.from(VALUES), [1, 1, 6]), AXIS, 4);
  expect(histogram.marks).toEqual([2, 2, 1, 1]);
  expect([...histogram.counts]).toEqual([0, 1, 0, 1]);
  expect([histogram.below, histogram.above, histogram.zeros]).toEqual([0, 0, 0]);
});

test('after ReLU −∞ is one of the zeros', () => {
  const stack = { ...valueStack(Float32Array.from([...VALUES, -2]), [1, 1, 7]), rectified: true };
  const histogram = histogramOf(stack, AXIS, 4);
  expect(histogram.marks[MARK.negativeInfinity]).toBe(0);
  expect(histogram.zeros).toBe(2);
});

test('codes that may lie on either side of zero make the number of zeros inexact', () => {
  const coded = (codes: readonly number[], lo: number): MapStack => ({
    kind: 'codes',
    shape: [1, 1, codes.length],
    codes: Uint8Array.from(codes),
    lo: Float32Array.of(lo),
    hi: Float32Array.of(lo + 255),
    marks: undefined,
    rectified: true,
  });
  // A code is one unit, with a bound of half a unit.
  expect(histogramOf(coded([0, 99, 102], -100.25), AXIS, 4).zerosAreNear).toBe(false);
  expect(histogramOf(coded([0, 100, 102], -100.25), AXIS, 4).zerosAreNear).toBe(true);
  expect(histogramOf(coded([0, 100, 102], -99.5), AXIS, 4).zerosAreNear).toBe(false);
  expect(histogramOf(valueStack(Float32Array.of(0, 1), [1, 1, 2]), AXIS, 4).zerosAreNear).toBe(false);
});

test('so do computed values whose margins reach from one side of zero to the other', () => {
  const computed = (value: number, margin: number): MapStack => ({
    ...valueStack(Float32Array.of(value, 3), [1, 1, 2]),
    margins: { lo: Float32Array.of(value - margin, 3), hi: Float32Array.of(value + margin, 3) },
    rectified: true,
  });
  expect(histogramOf(computed(-1, 2), AXIS, 4)).toMatchObject({ zeros: 1, zerosAreNear: true });
  expect(histogramOf(computed(-1, 0.5), AXIS, 4)).toMatchObject({ zeros: 1, zerosAreNear: false });
  expect(histogramOf({ ...computed(-1, 2), rectified: false }, AXIS, 4).zerosAreNear).toBe(false);
});

test('values whose distribution is known are counted as if they were gone through', () => {
  const values = Float32Array.of(-2, 0, 0.5, 0.5, 3, 0);
  const stack = valueStack(values, [1, 2, 3]);
  const distribution = { values: Float32Array.of(0, 3, 0.5, -2), counts: Uint32Array.of(2, 1, 2, 1) };
  const axis = { lo: -1, hi: 1 };
  expect(histogramOf({ ...stack, distribution }, axis, 4)).toEqual(histogramOf(stack, axis, 4));
  expect([...histogramOf(stack, axis, 4).counts]).toEqual([0, 0, 2, 2]);
});
