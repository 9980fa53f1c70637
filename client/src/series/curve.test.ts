import { expect, test } from 'vitest';
import { type Curve, withBreaks } from './curve.js';
import { ExactLine } from './exact-line.js';
import { ScalarPoints } from './scalar-points.js';
import { Series } from './series.js';

type Row = readonly [step: number, value: number];

/** A series that is held as a whole. */
function seriesOf(rows: readonly Row[]): Series {
  const series = new Series({ run: 'a', generation: 1, tag: 'loss' }, () => undefined);
  const points = new ScalarPoints();
  for (const [step, value] of rows) points.push(step, 0, value);
  series.takeWhole(points, rows.length);
  return series;
}

function append(series: Series, rows: readonly Row[]): void {
  const steps = rows.map(([step]) => step);
  series.append(series.rows, { steps, wallTimes: steps, values: rows.map(([, value]) => value) });
}

function curveOf(rows: readonly Row[], weight = 0): Curve {
  return seriesOf(rows).curve(weight);
}

test('a curve grows with its series', () => {
  const series = seriesOf([
    [0, 2],
    [1, 4],
  ]);
  const curve = series.curve(0.5);
  expect(curve.smoothed().map(({ y }) => y)).toEqual([2, (0.5 * 1 + 0.5 * 4) / 0.75]);
  append(series, [[2, 8]]);
  expect(curve.raw().map(({ y }) => y)).toEqual([2, 4, 8]);
  expect(curve.smoothed()).toHaveLength(3);
  expect(curve.extent).toEqual({ first: 0, last: 2 });
});

test('a part of a curve contains all of its values, and one more on each side for the line', () => {
  const curve = curveOf(Array.from({ length: 8000 }, (_, step) => [step, step % 7] as const));
  // The whole curve does not fit, so its points are those that matter of several steps.
  expect(curve.raw().length).toBeLessThan(4100);
  expect(curve.raw({ first: 5000.5, last: 5010 })).toEqual(
    Array.from({ length: 12 }, (_, at) => ({ x: 5000 + at, y: (5000 + at) % 7 })),
  );
  expect(curve.smoothed({ first: 7998, last: 20_000 }).map(({ x }) => x)).toEqual([7998, 7999]);
  expect(curve.raw({ first: 20_000, last: 30_000 }).map(({ x }) => x)).toEqual([7999]);
});

test('a row that takes the place of others waits for what the source makes of it', () => {
  const series = seriesOf([
    [0, 1],
    [10, 2],
    [20, 3],
  ]);
  const curve = series.curve(0);
  append(series, [
    [30, 4],
    [10, 5],
    [20, 6],
  ]);
  expect([series.isReplaced, series.isComplete, series.rows]).toEqual([true, false, 4]);
  expect(curve.raw().map(({ y }) => y)).toEqual([1, 2, 3, 4]);
  const points = new ScalarPoints(
    Float64Array.of(0, 10, 20),
    Float64Array.of(0, 0, 0),
    Float64Array.of(1, 5, 6),
  );
  series.takeWhole(points, 6);
  expect(series.isComplete).toBe(true);
  expect(curve.raw().map(({ y }) => y)).toEqual([1, 5, 6]);
});

test('the reading at a step is the last point at or before it, and says its own step', () => {
  const series = seriesOf([
    [10, 1],
    [20, 2],
  ]);
  const curve = series.curve(0.5);
  const readings = [9, 10, 19, 100].map((step) => curve.readingAt(step));
  expect(readings.map((reading) => [reading?.step, reading?.raw])).toEqual([
    [undefined, undefined],
    [10, 1],
    [10, 1],
    [20, 2],
  ]);
  // (0.5 · 0.5 · 1 + 0.5 · 2) / (1 − 0.5²)
  expect(readings[3]?.smoothed).toBeCloseTo(1.25 / 0.75, 12);
  append(series, [[30, 7]]);
  expect(curve.readingAt(30)?.raw).toBe(7);
});

test('a reading within a gap of the log is none, but a point that the gap has spared is one', () => {
  const series = seriesOf([0, 10, 20, 60, 70].map((step) => [step, step] as const));
  const gap = [{ afterStep: 25, beforeStep: 55 }];
  const curve = series.curve(0);
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
  const more = curveOf([0, 10, 20, 30, 60, 70].map((step) => [step, step] as const));
  expect(more.readingAt(40, gap)?.step).toBe(30);
});

test('the points of a curve can be walked, and the nearest one found', () => {
  const curve = curveOf([-20, -10, 0, 10].map((step) => [step, 1] as const));
  expect([-100, -14, -16, 4, 99].map((step) => curve.nearestStep(step))).toEqual([-20, -10, -20, 0, 10]);
  expect([1, -1, 10, -10].map((by) => curve.stepFrom(-10, by))).toEqual([0, -20, 10, -20]);
  expect(curve.stepFrom(-30, 1)).toBe(-20);
  expect(curve.extent).toEqual({ first: -20, last: 10 });
});

test('a curve is broken where points are missing, and only there', () => {
  const curve = curveOf([0, 1, 2, 3, 10, 11, 12, 14].map((step) => [step, 1] as const));
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

test('values that are not finite are found, and the first of them is recorded', () => {
  const curve = curveOf(
    [
      [3, 1],
      [4, Number.NaN],
      [5, Number.POSITIVE_INFINITY],
    ],
    0.9,
  );
  expect(curve.firstNonFinite).toBe(4);
  expect(curve.nonFinite({ first: 0, last: 9 })).toEqual([
    { x: 4, nan: 1, plus: 0, minus: 0 },
    { x: 5, nan: 0, plus: 1, minus: 0 },
  ]);
});

test('a line is broken where a value is not finite, and not drawn up to infinity', () => {
  const values = [1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 3, Number.NaN, 4];
  const rows = values.map((value, step) => [step, value] as const);
  const broken = [1, '|', 2, '|', 3, '|', 4];
  const shown = (points: readonly { readonly y: number }[]) =>
    points.map(({ y }) => (Number.isNaN(y) ? '|' : y));
  expect(shown(curveOf(rows).raw())).toEqual(broken);
  expect(shown(curveOf(rows, 0.5).smoothed())).toEqual(
    broken.map((y) => (y === '|' ? y : expect.any(Number))),
  );
  expect(shown(curveOf(rows, 0.5).smoothed()).filter((y) => !Number.isFinite(y) && y !== '|')).toEqual([]);
  const steps = Float64Array.from(values.keys());
  const sent = {
    ...{ kind: 'points' as const, run: 0, tag: 0, branch: 0, rows: values.length, total: values.length },
    ...{ from: 0, to: values.length - 1, firstX: 0, lastX: values.length - 1 },
    ...{ steps, wallTimes: steps, values: Float64Array.from(values) },
  };
  const look = { x: 'step', weight: 0, width: 300 } as const;
  expect(shown(new ExactLine(sent, 0).line('raw', { ...look, part: undefined }))).toEqual(broken);
});

test('float64 values are drawn as they were logged', () => {
  expect(curveOf([[0, 1e60]]).raw()).toEqual([{ x: 0, y: 1e60 }]);
});
