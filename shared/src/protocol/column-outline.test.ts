import { expect, it } from 'vitest';
import { extremesOf, outlineOf } from './column-outline.js';

const points = (x: readonly number[], y: readonly number[]) => ({
  x: Float64Array.from(x),
  y: Float32Array.from(y),
});

it('keeps the lowest and highest points, where all begins and ends, and the order of both in each column', () => {
  const columns = {
    first: points([0, 10, 20], [5, 5, Number.NaN]),
    min: points([3, 18, 20], [1, 2, Number.NaN]),
    max: points([7, 12, 20], [9, 8, Number.NaN]),
    last: points([9, 19, 20], [4, 4, Number.NaN]),
  };
  const outline = extremesOf(outlineOf(columns));
  expect(outline.min).toEqual(columns.min);
  expect(outline.max).toEqual(columns.max);
  expect(outline.first).toEqual(points([0, 12, 20], [5, 8, Number.NaN]));
  expect(outline.last).toEqual(points([7, 18, 20], [9, 2, Number.NaN]));
});

it('ends with the last point', () => {
  const one = {
    first: points([0], [5]),
    min: points([3], [1]),
    max: points([7], [9]),
    last: points([9], [4]),
  };
  expect(extremesOf(outlineOf(one))).toEqual(one);
  const none = points([], []);
  expect(extremesOf(outlineOf({ first: none, min: none, max: none, last: none })).last).toEqual(none);
});
