import { expect, test } from 'vitest';
import { histogramOf } from '../drawing/histogram.js';
import { rectify, valueStack } from '../drawing/map-stack.js';
import { legendBin } from './legend-bin.js';

const AXIS = { lo: 0, hi: 4 };

test('a bin names its values and how many pixels have them', () => {
  const stack = valueStack(Float32Array.of(0.5, 1.5, 1.6, 3.9), [1, 2, 2]);
  const bin = legendBin(histogramOf(stack, AXIS, 4), AXIS, 1, false);
  expect(bin).toMatchObject({ limits: { lo: 1, hi: 2 }, values: '1.00 … 2.00', share: '2 pixels, 50.0 %' });
});

test('the bins at the ends stand for what lies beyond the axis', () => {
  const stack = valueStack(Float32Array.of(-3, 0.5, 9, 9), [1, 2, 2]);
  const histogram = histogramOf(stack, AXIS, 4);
  expect(legendBin(histogram, AXIS, 0, false)).toMatchObject({
    limits: { lo: Number.NEGATIVE_INFINITY, hi: 1 },
    values: '≤ 1.00',
    share: '2 pixels, 50.0 %',
  });
  expect(legendBin(histogram, AXIS, 3, false)).toMatchObject({ values: '≥ 3.00', share: '2 pixels, 50.0 %' });
});

test('zeros after ReLU belong to the bin that holds zero', () => {
  const stack = rectify(valueStack(Float32Array.of(-3, -1, 0.5, 2), [1, 2, 2]));
  expect(legendBin(histogramOf(stack, AXIS, 4), AXIS, 0, true)?.share).toBe('3 pixels, 75.0 %');
  expect(legendBin(histogramOf(stack, AXIS, 4), AXIS, 1, true)?.share).toBe('0 pixels, 0.0 %');
});

test('outside the axis there is no bin', () => {
  const stack = valueStack(Float32Array.of(1), [1, 1, 1]);
  expect(legendBin(histogramOf(stack, AXIS, 4), AXIS, 4, false)).toBeUndefined();
});
