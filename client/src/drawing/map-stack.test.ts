import { expect, test } from 'vitest';
import { MARK } from '../decode/decoded.js';
import {
  boundOf,
  type CodedStack,
  maxPool,
  readingAt,
  rectify,
  valueAt,
  valueStack,
  valuesOf,
} from './map-stack.js';

/** [1, 2, 4]; values −1 … 1 in steps of 2/7. */
const coded: CodedStack = {
  kind: 'codes',
  shape: [1, 2, 4],
  codes: Uint8Array.of(0, 255, 51, 102, 204, 153, 0, 255),
  lo: Float32Array.of(-1),
  hi: Float32Array.of(1),
  marks: undefined,
  rectified: false,
};

test('a value is lo + code/255·(hi − lo), with an error of at most (hi − lo)/510', () => {
  expect(valueAt(coded, 0, 0, 2)).toBeCloseTo(-0.6, 6);
  expect(boundOf(coded, 0)).toBeCloseTo(2 / 510, 9);
});

test('pooling codes gives the codes of the pooled values', () => {
  const pooled = maxPool(coded, [2, 2], [2, 2]);
  const expected = maxPool(valueStack(valuesOf(coded), [1, 2, 4]), [2, 2], [2, 2]);
  expect(pooled.shape).toEqual([1, 1, 2]);
  expect([...valuesOf(pooled)]).toEqual([...valuesOf(expected)]);
});

test('ReLU after pooling equals ReLU before it', () => {
  expect([...valuesOf(maxPool(rectify(coded), [2, 2], [2, 2]))]).toEqual([
    ...valuesOf(rectify(maxPool(coded, [2, 2], [2, 2]))),
  ]);
});

test('pooling a window with NaN gives NaN, and −∞ only if there is nothing larger', () => {
  const values = Float32Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY, -5, 2, 3, -7, -6);
  const pooled = maxPool(valueStack(values, [1, 2, 4]), [2, 2], [2, 2]);
  expect(pooled.marks?.[0]).toBe(MARK.nan);
  expect(valueAt(pooled, 0, 0, 0)).toBeNaN();
  expect(valueAt(pooled, 0, 0, 1)).toBe(-5);
});

test('ReLU turns −∞ into zero and leaves NaN', () => {
  const stack = rectify(valueStack(Float32Array.of(Number.NEGATIVE_INFINITY, Number.NaN), [1, 1, 2]));
  expect(valueAt(stack, 0, 0, 0)).toBe(0);
  expect(valueAt(stack, 0, 0, 1)).toBeNaN();
});

test('a reading has the bound of its code, clipped by ReLU; exact values and marks have none', () => {
  // Code 51 is −0.6, 153 is 0.2; the bound is 2/510.
  const bound = 2 / 510;
  const [low, high] = [readingAt(coded, 0, 0, 2), readingAt(coded, 0, 1, 1)];
  expect(low.lo).toBeCloseTo(-0.6 - bound, 9);
  expect(high.hi).toBeCloseTo(0.2 + bound, 9);
  expect(readingAt(rectify(coded), 0, 0, 2)).toEqual({ value: 0, lo: 0, hi: 0 });
  expect(readingAt(rectify(coded), 0, 1, 1)).toEqual(high);
  const exact = valueStack(Float32Array.of(0.25, Number.NaN), [1, 1, 2]);
  expect(readingAt(exact, 0, 0, 0)).toEqual({ value: 0.25, lo: 0.25, hi: 0.25 });
  expect(readingAt(exact, 0, 0, 1).value).toBeNaN();
  const marked = { ...coded, marks: Uint8Array.of(MARK.infinity, MARK.negativeInfinity, 0, 0, 0, 0, 0, 0) };
  expect(readingAt(marked, 0, 0, 0).value).toBe(Number.POSITIVE_INFINITY);
  expect(readingAt(rectify(marked), 0, 0, 1)).toEqual({ value: 0, lo: 0, hi: 0 });
});

test('float64 values keep their digits through pooling', () => {
  const pooled = maxPool(valueStack(Float64Array.of(0.1, 0.05), [1, 1, 2]), [1, 2], [1, 2]);
  expect(valueAt(pooled, 0, 0, 0)).toBe(0.1);
});
