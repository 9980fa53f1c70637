import { expect, test } from 'vitest';
import { MinMaxBuckets } from './min-max-buckets.js';

function filled(capacity: number, values: readonly number[]): MinMaxBuckets {
  const buckets = new MinMaxBuckets(capacity);
  values.forEach((value, x) => {
    buckets.push(x, value);
  });
  return buckets;
}

test('a few points are returned unchanged', () => {
  expect(filled(8, [3, 1, 2]).points()).toEqual([
    { x: 0, y: 3 },
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
});

test('a spike of one point survives any number of merges', () => {
  const values = Array.from({ length: 100_000 }, () => 1);
  values[54_321] = 99;
  values[54_999] = -7;
  const points = filled(64, values).points();
  expect(points.length).toBeLessThanOrEqual(128);
  expect(points).toContainEqual({ x: 54_321, y: 99 });
  expect(points).toContainEqual({ x: 54_999, y: -7 });
});

test('points stay in order of x', () => {
  const values = Array.from({ length: 5_000 }, (_, x) => Math.sin(x * 1.7) * x);
  const xs = filled(32, values)
    .points()
    .map(({ x }) => x);
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
});

test('a non-finite value breaks the line at its place', () => {
  const points = filled(8, [1, Number.NaN, 2]).points();
  expect(points.map(({ x }) => x)).toEqual([0, 1, 2]);
  expect(points[1]?.y).toBeNaN();
});
