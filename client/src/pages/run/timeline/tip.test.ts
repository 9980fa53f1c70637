import { expect, test } from 'vitest';
import type { Curve } from '../../../series/curve.js';
import { ScalarPoints } from '../../../series/scalar-points.js';
import { Series } from '../../../series/series.js';
import { tipOf } from './tip.js';

function curveOf(weight: number, rows: readonly (readonly [step: number, value: number])[]): Curve {
  const series = new Series({ run: 'a', generation: 1, tag: 'loss' }, () => undefined);
  const points = new ScalarPoints();
  for (const [step, value] of rows) points.push(step, 0, value);
  series.takeWhole(points, rows.length);
  return series.curve(weight);
}

const rows = [
  [10, 1],
  [20, 2],
] as const;

test('the tooltip says the value as it was logged and smoothed, of which step, and at which step', () => {
  const curves = { tag: 'loss', main: curveOf(0.5, rows), testAccuracy: undefined, gaps: [] };
  // (0.25 + 1) / 0.75
  expect(tipOf(curves, 20)).toEqual({ value: 'smooth 1.667, raw 2', place: 'loss at step 20' });
  expect(tipOf(curves, 1234)).toEqual({
    value: 'smooth 1.667, raw 2',
    place: 'loss of step 20 at step 1,234',
  });
  expect(tipOf({ ...curves, main: curveOf(0, rows) }, 20).value).toBe('raw 2');
});

test('the accuracy says its own step', () => {
  const testAccuracy = curveOf(0, [[0, 0.25]]);
  expect(tipOf({ tag: 'train/loss', main: curveOf(0, rows), testAccuracy, gaps: [] }, 20).place).toBe(
    'train/loss at step 20, test acc 25.0 % of step 0',
  );
});

test('where there is nothing, the tooltip says so', () => {
  const main = curveOf(0, rows);
  const gaps = [{ afterStep: 12, beforeStep: 18 }];
  expect(tipOf({ tag: 'loss', main, testAccuracy: undefined, gaps }, 15).value).toBe('no data');
  expect(tipOf({ tag: 'loss', main, testAccuracy: undefined, gaps: [] }, 5).value).toBe('no data');
  expect(tipOf(undefined, 5)).toEqual({ value: '', place: 'step 5' });
});

test('values of the same pixel that are not finite are counted', () => {
  const main = curveOf(0, [
    [1, 5],
    [2, Number.NaN],
    [3, Number.NEGATIVE_INFINITY],
    [4, 6],
  ]);
  const curves = { tag: 'loss', main, testAccuracy: undefined, gaps: [] };
  expect(tipOf(curves, 1, { first: 1, last: 4 }).place).toBe('loss at step 1, 1 NaN, 1 −∞ here');
  expect(tipOf(curves, 2)).toEqual({ value: 'raw NaN', place: 'loss at step 2' });
});
