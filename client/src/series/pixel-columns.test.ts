import { expect, test } from 'vitest';
import { PixelColumns } from './pixel-columns.js';

function filled(most: number, values: readonly number[]): PixelColumns {
  const columns = new PixelColumns(0, 1, most);
  values.forEach((value, x) => {
    columns.push(x, value);
  });
  return columns;
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
  const columns = filled(64, values);
  expect(columns.size).toBeLessThanOrEqual(128);
  expect(columns.size).toBeGreaterThan(32);
  expect(columns.points()).toContainEqual({ x: 54_321, y: 99 });
  expect(columns.points()).toContainEqual({ x: 54_999, y: -7 });
  expect(columns.total).toBe(100_000);
  expect(columns.extent).toEqual({ first: 0, last: 99_999 });
});

test('of a column the first, lowest, highest and last value are drawn, in order of x', () => {
  const columns = new PixelColumns(0, 10, 8);
  [5, 1, 4, 9, 6].forEach((value, x) => {
    columns.push(x, value);
  });
  expect(columns.points()).toEqual([
    { x: 0, y: 5 },
    { x: 1, y: 1 },
    { x: 3, y: 9 },
    { x: 4, y: 6 },
  ]);
  const wild = filled(
    32,
    Array.from({ length: 5_000 }, (_, x) => Math.sin(x * 1.7) * x),
  );
  const xs = wild.points().map(({ x }) => x);
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
});

test('steps that are far from zero and far apart share no column with others', () => {
  const columns = PixelColumns.over({ first: 1e12, last: 1e12 + 3000 }, 100);
  for (const x of [1e12, 1e12 + 1500, 1e12 + 3000, 1e12 + 50_000]) columns.push(x, x);
  expect(columns.points().map(({ x }) => x - 1e12)).toEqual([0, 1500, 3000, 50_000]);
});

test('a value that is not finite breaks the line at its place, and is counted through all merges', () => {
  const columns = filled(8, [1, Number.NaN, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(columns.points().map(({ x, y }) => (Number.isNaN(y) ? '|' : x))).toEqual([0, '|', 2, '|', '|']);
  expect(columns.firstNonFinite).toBe(1);
  for (let x = 5; x < 200; x++) columns.push(x, x % 50 === 0 ? Number.NaN : 0);
  const found = columns.nonFinite({ first: 0, last: 1000 });
  expect(found.reduce((sum, { nan }) => sum + nan, 0)).toBe(4);
  expect(found.reduce((sum, { plus }) => sum + plus, 0)).toBe(1);
  expect(found.reduce((sum, { minus }) => sum + minus, 0)).toBe(1);
  expect(found.map(({ x }) => x)).toEqual([1, 50, 100, 150]);
});

test('a part has its own points and those of the columns beside it, for the line', () => {
  const columns = filled(
    64,
    Array.from({ length: 100 }, (_, x) => x % 7),
  );
  expect(columns.points({ first: 50.5, last: 52 }).map(({ x }) => x)).toEqual([50, 51, 52, 53]);
  expect(columns.points({ first: 200, last: 300 }).map(({ x }) => x)).toEqual([99]);
});

test('a part is exact where every value has a column of its own', () => {
  const columns = new PixelColumns(0, 10, 8);
  for (const x of [0, 10, 20, 25, 30, 40]) columns.push(x, x);
  expect(columns.isExactIn({ first: 0, last: 10 })).toBe(true);
  expect(columns.isExactIn({ first: 25, last: 40 })).toBe(false);
  expect(columns.isExactIn({ first: 30, last: 99 })).toBe(true);
});

test('an outline has the lowest and the highest of each column, with its breaks, and of single values each', () => {
  const columns = new PixelColumns(0, 10, 8);
  [5, 1, 4, 9, 6].forEach((value, x) => {
    columns.push(x, value);
  });
  columns.push(30, 7);
  columns.push(50, Number.NaN);
  expect(columns.outline()).toEqual([
    { x: 1, y: 1 },
    { x: 3, y: 9 },
    { x: 30, y: 7 },
    { x: 50, y: Number.NaN },
  ]);
  expect(columns.outline({ first: 45, last: 60 }).map(({ x }) => x)).toEqual([30, 50]);
});

test('a sample has the first and last value of each column, and of single values each', () => {
  const columns = new PixelColumns(0, 10, 8);
  [5, 1, 4, 9, 6].forEach((value, x) => {
    columns.push(x, value);
  });
  columns.push(30, 7);
  columns.push(50, Number.NaN);
  expect(columns.samples()).toEqual([5, 6, 7]);
  expect(columns.samples({ first: 20, last: 60 })).toEqual([7]);
});
