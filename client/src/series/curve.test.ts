import { SCALAR_ROW_BYTES, writeScalarRow } from '@convscope/shared/protocol/rows.js';
import { expect, test } from 'vitest';
import { ScalarColumn } from './columns.js';
import { Curve, withBreaks } from './curve.js';

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

test('rows that arrive out of order are sorted by step, and the last one of a step counts', () => {
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
    { x: 10, y: 5 },
    { x: 20, y: 3 },
  ]);
  expect(curve.readingAt(15)?.raw).toBe(5);
  append(column, [[10, 7]]);
  append(column, [
    [30, 1],
    [30, 4],
  ]);
  expect(curve.readingAt(15)?.raw).toBe(7);
  expect(curve.readingAt(30)?.raw).toBe(4);
  expect(curve.length).toBe(4);
});

test('a run that was resumed has one value a step, and its average is that of these values', () => {
  const [first, second] = [new ScalarColumn(), new ScalarColumn()];
  const before = Array.from({ length: 30 }, (_, at) => [at * 5, 2 + at] as const);
  const after = Array.from({ length: 32 }, (_, at) => [100 + at * 5, -at] as const);
  append(first, [...before, ...after]);
  append(second, [...before.filter(([step]) => step < 100), ...after]);
  const resumed = new Curve(first, 0.9);
  expect(resumed.length).toBe(52);
  expect(resumed.raw()).toEqual(new Curve(second, 0.9).raw());
  expect(resumed.smoothed()).toEqual(new Curve(second, 0.9).smoothed());
});

test('the reading at a step is the last point at or before it, and says its own step', () => {
  const column = new ScalarColumn();
  append(column, [
    [10, 1],
    [20, 2],
  ]);
  const curve = new Curve(column, 0.5);
  const readings = [9, 10, 19, 100].map((step) => curve.readingAt(step));
  expect(readings.map((reading) => [reading?.step, reading?.raw])).toEqual([
    [undefined, undefined],
    [10, 1],
    [10, 1],
    [20, 2],
  ]);
  // (0.5 · 0.5 · 1 + 0.5 · 2) / (1 − 0.5²)
  expect(readings[3]?.smoothed).toBeCloseTo(1.25 / 0.75, 12);
  append(column, [[30, 7]]);
  expect(curve.readingAt(30)?.raw).toBe(7);
});

test('a reading within a gap of the log is none, but a point that the gap has spared is one', () => {
  const column = new ScalarColumn();
  append(
    column,
    [0, 10, 20, 60, 70].map((step) => [step, step] as const),
  );
  const curve = new Curve(column, 0);
  const gap = [{ afterStep: 25, beforeStep: 55 }];
  expect([20, 24, 25, 40, 55, 56, 60, 65].map((step) => curve.readingAt(step, gap)?.step)).toEqual([
    20,
    20,
    undefined,
    undefined,
    undefined,
    20,
    60,
    60,
  ]);
  expect(curve.readingAt(40, [{ afterStep: 25, beforeStep: null }])?.step).toBe(20);
  // Another file of the run holds what this one has lost.
  append(column, [[30, 30]]);
  expect(curve.readingAt(40, gap)?.step).toBe(30);
});

test('the points of a curve can be walked, and the nearest one found', () => {
  const column = new ScalarColumn();
  append(
    column,
    [-20, -10, 0, 10].map((step) => [step, 1] as const),
  );
  const curve = new Curve(column, 0);
  expect([-100, -14, -16, 4, 99].map((step) => curve.nearestStep(step))).toEqual([-20, -10, -20, 0, 10]);
  expect([1, -1, 10, -10].map((by) => curve.stepFrom(-10, by))).toEqual([0, -20, 10, -20]);
  expect(curve.stepFrom(-30, 1)).toBe(-20);
  expect(curve.extent).toEqual({ first: -20, last: 10 });
});

test('a curve is broken where points are missing, and only there', () => {
  const column = new ScalarColumn();
  const steps = [0, 1, 2, 3, 10, 11, 12, 14];
  append(
    column,
    steps.map((step) => [step, 1] as const),
  );
  const curve = new Curve(column, 0);
  const breaksAt = (afterStep: number | null, beforeStep: number | null) =>
    curve.breaks([{ afterStep, beforeStep }]).map(({ first, last }) => [first, last]);
  expect(breaksAt(3, 10)).toEqual([[3, 10]]);
  expect(breaksAt(5, 7)).toEqual([[3, 10]]);
  expect(breaksAt(13, 13)).toEqual([[12, 14]]);
  // Nothing can be missing between steps that follow each other.
  expect(breaksAt(1, 2)).toEqual([]);
  expect(breaksAt(10, 11)).toEqual([]);
  expect(breaksAt(14, null)).toEqual([]);
  expect(breaksAt(20, 30)).toEqual([]);

  const points = withBreaks(curve.raw(), curve.breaks([{ afterStep: 3, beforeStep: 10 }]));
  expect(points.map(({ x, y }) => (Number.isNaN(y) ? '|' : x))).toEqual([0, 1, 2, 3, '|', 10, 11, 12, 14]);
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
