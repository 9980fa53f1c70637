import { describe, expect, it } from 'vitest';
import { captureShare, estimateCapture } from './capture-cost.js';

const cost = { step: 30, base: 5, layers: { conv1: 2, conv2: 3 }, gradients: 40 };

describe('the cost of a capture', () => {
  it('is the sum of what is chosen', () => {
    expect(estimateCapture(cost, { layers: null, gradients: false })).toBe(10);
    expect(estimateCapture(cost, { layers: ['conv2'], gradients: false })).toBe(8);
    expect(estimateCapture(cost, { layers: null, gradients: true })).toBe(50);
  });

  it('is not known while a part of it has never been measured', () => {
    expect(estimateCapture({ ...cost, base: null }, { layers: null, gradients: false })).toBeUndefined();
    expect(estimateCapture({ ...cost, gradients: null }, { layers: null, gradients: true })).toBeUndefined();
    expect(estimateCapture(cost, { layers: ['conv3'], gradients: false })).toBeUndefined();
  });

  it('is a share of the time of captures and steps together', () => {
    expect(captureShare(10, 30, 30)).toBeCloseTo(10 / 910, 10);
  });
});
