import { describe, expect, it } from 'vitest';
import {
  CAPTURE_BYTES_PER_EPOCH,
  captureBytes,
  captureShare,
  estimateCapture,
  everyBySize,
  withLayersAlong,
} from './capture-cost.js';

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

describe('what a capture adds to the log', () => {
  const size = { base: 1, layers: { conv1: 20, conv2: 300 }, gradients: { conv1: 4000, conv2: 50_000 } };

  it('is the sum of what is chosen, with the layers that are captured along', () => {
    expect(captureBytes(size, { layers: null, gradients: false })).toBe(321);
    expect(captureBytes(size, { layers: null, gradients: true })).toBe(54_321);
    const choice = withLayersAlong({ layers: ['conv2'], gradients: true }, { conv1: [], conv2: ['conv1'] });
    expect(choice).toEqual({ layers: ['conv2', 'conv1'], gradients: true });
    expect(captureBytes(size, choice)).toBe(54_321);
    expect(withLayersAlong({ layers: null, gradients: true }, {})).toEqual({ layers: null, gradients: true });
  });

  it('sets captures apart by a round number of steps', () => {
    expect(everyBySize(CAPTURE_BYTES_PER_EPOCH / 80, 781)).toBe(10);
    expect(everyBySize(CAPTURE_BYTES_PER_EPOCH / 40, 781)).toBe(20);
  });
});
