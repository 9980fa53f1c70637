import { SCALAR_ROW_BYTES, writeScalarRow } from '@convscope/shared/protocol/rows.js';
import { expect, test } from 'vitest';
import { ScalarColumn } from './columns.js';
import { Curve } from './curve.js';

function append(column: ScalarColumn, rows: readonly (readonly [step: number, value: number])[]): void {
  const bytes = new Uint8Array(rows.length * SCALAR_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  rows.forEach(([step, value], row) => {
    writeScalarRow(view, row * SCALAR_ROW_BYTES, step, 0, value);
  });
  column.append(bytes);
}

test('a curve reads only new rows', () => {
  const column = new ScalarColumn();
  append(column, [
    [0, 2],
    [1, 4],
  ]);
  const curve = new Curve(column, 0);
  expect(curve.sync()).toBe(false);
  append(column, [[2, 8]]);
  expect(curve.sync()).toBe(true);
  expect(curve.raw().map(({ y }) => y)).toEqual([2, 4, 8]);
  expect(curve.lastStep).toBe(2);
});

test('a part of a long curve contains all of its values, and one more on each side for the line', () => {
  const column = new ScalarColumn();
  append(
    column,
    Array.from({ length: 10_000 }, (_, step) => [step, step % 7] as const),
  );
  const curve = new Curve(column, 0);
  // The whole curve does not fit, so its points are the lowest and highest values of several steps.
  expect(curve.raw().length).toBeLessThan(2500);
  expect(curve.raw({ first: 5000.5, last: 5010 })).toEqual(
    Array.from({ length: 12 }, (_, at) => ({ x: 5000 + at, y: (5000 + at) % 7 })),
  );
  expect(curve.smoothed({ first: 9998, last: 20_000 }).map(({ x }) => x)).toEqual([9998, 9999]);
  expect(curve.raw({ first: 20_000, last: 30_000 }).map(({ x }) => x)).toEqual([9999]);
});

test('rows that arrive out of order are sorted by step, and by arrival within a step', () => {
  const column = new ScalarColumn();
  append(column, [
    [0, 1],
    [10, 2],
    [20, 3],
    [10, 5],
  ]);
  const curve = new Curve(column, 0);
  expect(curve.raw()).toEqual([
    { x: 0, y: 1 },
    { x: 10, y: 2 },
    { x: 10, y: 5 },
    { x: 20, y: 3 },
  ]);
  expect(curve.valueAt(15)).toBe(5);
});

test('the value at a step is the last one at or before it', () => {
  const column = new ScalarColumn();
  append(column, [
    [10, 1],
    [20, 2],
  ]);
  const curve = new Curve(column, 0);
  expect([curve.valueAt(9), curve.valueAt(10), curve.valueAt(19), curve.valueAt(100)]).toEqual([
    undefined,
    1,
    1,
    2,
  ]);
});

test('the first step with a non-finite value is recorded', () => {
  const column = new ScalarColumn();
  append(column, [
    [3, 1],
    [4, Number.NaN],
    [5, Number.POSITIVE_INFINITY],
  ]);
  expect(new Curve(column, 0.9).firstNonFinite).toBe(4);
});
