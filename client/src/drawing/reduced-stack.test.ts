import { expect, test } from 'vitest';
import { type CodedStack, markAt, rectify, valueAt, valueStack } from './map-stack.js';
import { reducedStack, shownPlace } from './reduced-stack.js';

/** [2, 512, 512], 0 but for a few places. */
function large(hot: readonly (readonly [channel: number, y: number, x: number, value: number])[]) {
  const values = new Float32Array(2 * 512 * 512);
  for (const [channel, y, x, value] of hot) values[(channel * 512 + y) * 512 + x] = value;
  return valueStack(values, [2, 512, 512]);
}

test('a single hot pixel of a 512×512 map is in its 32×32 tile, whatever its sign', () => {
  const reduced = reducedStack(
    large([
      [0, 300, 17, 5],
      [1, 511, 511, -7],
      [1, 510, 511, 3],
    ]),
    16,
  );
  expect(reduced.shape).toEqual([2, 32, 32]);
  expect([valueAt(reduced, 0, 18, 1), valueAt(reduced, 1, 31, 31), valueAt(reduced, 0, 0, 0)]).toEqual([
    5, -7, 0,
  ]);
});

test('codes are compared as the values that they stand for, and keep their limits', () => {
  const codes = Uint8Array.of(0, 40, 128, 255, 128, 128, 128, 128);
  const stack: CodedStack = {
    ...{ kind: 'codes', shape: [2, 2, 2], codes, marks: undefined, rectified: false },
    ...{ lo: Float32Array.of(-4, 0), hi: Float32Array.of(1, 2) },
  };
  expect(valueAt(reducedStack(stack, 2), 0, 0, 0)).toBe(-4);
  // After ReLU the largest value is the one of the largest magnitude.
  expect(valueAt(reducedStack(rectify(stack), 2), 0, 0, 0)).toBe(1);
  expect(reducedStack(stack, 2)).toBe(reducedStack(stack, 2));
  expect(reducedStack(stack, 1)).toBe(stack);
});

test('a NaN goes before infinities, and those before numbers', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: negative } = Number;
  const values = Float32Array.of(9, infinity, nan, 1, /* next */ 9, 1, negative, 2);
  const stack = valueStack(values, [2, 2, 2]);
  const reduced = reducedStack(stack, 2);
  expect([markAt(reduced, 0), markAt(reduced, 1)]).toEqual([1, 3]);
  expect(valueAt(reducedStack(rectify(stack), 2), 1, 0, 0)).toBe(9);
});

test('maps whose sides are not a multiple of the factor keep their last rows and columns', () => {
  const reduced = reducedStack(valueStack(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]), 2);
  expect(reduced.shape).toEqual([1, 1, 2]);
  expect([valueAt(reduced, 0, 0, 0), valueAt(reduced, 0, 0, 1)]).toEqual([5, 6]);
});

test('a pixel of a reduced map answers for the place whose value it shows', () => {
  const stack = large([[1, 300, 17, -5]]);
  expect(shownPlace(stack, 16, 1, 18, 1)).toEqual({ y: 300, x: 17 });
  expect(shownPlace(stack, 16, 0, 31, 31)).toEqual({ y: 496, x: 496 });
});
