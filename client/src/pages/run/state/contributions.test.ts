import { expect, test } from 'vitest';
import { sizeAt } from './contributions.js';

test('the size at a share is that of the sorted finite values, to the bit', () => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (const length of [1, 2, 3, 100, 4_999]) {
    const values = Float32Array.from(
      { length },
      () => (random() - 0.5) * 10 ** Math.floor(random() * 80 - 44),
    );
    const sorted = values.map(Math.abs).sort();
    for (const share of [0, 0.3, 0.5, 0.997, 1])
      expect(sizeAt(values, share)).toBe(sorted[Math.min(length - 1, Math.floor(length * share))]);
  }
});

test('NaN and infinities have no size', () => {
  const values = Float32Array.of(Number.NaN, -3, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY);
  expect(sizeAt(values, 1)).toBe(3);
  expect(sizeAt(values, 0)).toBe(1);
  expect(sizeAt(Float32Array.of(Number.NaN), 0.5)).toBe(0);
});

test('of equal sizes each counts', () => {
  expect(sizeAt(Float32Array.of(2, -2, 2, -2, 7), 0.75)).toBe(2);
  expect(sizeAt(new Float32Array(9), 0.997)).toBe(0);
});
