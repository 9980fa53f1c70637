import { describe, expect, it } from 'vitest';
import {
  fieldGeometry,
  nearestOutput,
  projectiveField,
  receptiveField,
  tapBetween,
  type WindowLayer,
} from './receptive-field.js';

const conv3: WindowLayer = { kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1] };
const pool2: WindowLayer = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] };

describe('receptiveField', () => {
  it('is the kernel window for one layer, padding included', () => {
    expect(receptiveField([conv3], { y: 0, x: 4 })).toEqual({ y0: -1, y1: 1, x0: 3, x1: 5 });
  });

  it('grows through pooling like through any other layer', () => {
    // conv3, pool2, conv3: 3, 4, 8 pixels.
    expect(receptiveField([conv3, pool2, conv3], { y: 3, x: 3 })).toEqual({ y0: 3, y1: 10, x0: 3, x1: 10 });
  });

  it('grows with dilation and no pooling: 3, 7, 15 for dilations 1, 2, 4', () => {
    const layers = [1, 2, 4].map((d): WindowLayer => ({ ...conv3, padding: [d, d], dilation: [d, d] }));
    expect(fieldGeometry(layers).map(({ size }) => size[0])).toEqual([3, 7, 15]);
    expect(receptiveField(layers, { y: 10, x: 10 })).toEqual({ y0: 3, y1: 17, x0: 3, x1: 17 });
  });

  it('agrees with the recurrences of size, jump and start', () => {
    const layers: WindowLayer[] = [
      { kernel: [5, 3], stride: [2, 1], padding: [2, 0], dilation: [1, 2] },
      pool2,
      { kernel: [3, 4], stride: [1, 3], padding: [1, 2], dilation: [2, 1] },
    ];
    const { size, jump, start } = fieldGeometry(layers).at(-1)!;
    for (const at of [
      { y: 0, x: 0 },
      { y: 4, x: 7 },
    ]) {
      const { y0, y1, x0, x1 } = receptiveField(layers, at);
      expect([y1 - y0 + 1, x1 - x0 + 1]).toEqual([...size]);
      expect((y0 + y1) / 2).toBe(start[0] + at.y * jump[0]);
      expect((x0 + x1) / 2).toBe(start[1] + at.x * jump[1]);
    }
  });
});

describe('projectiveField', () => {
  it('contains exactly the outputs whose receptive field contains the input pixel', () => {
    const layers: WindowLayer[] = [
      { kernel: [3, 2], stride: [2, 3], padding: [1, 0], dilation: [1, 1] },
      { kernel: [2, 3], stride: [1, 2], padding: [0, 1], dilation: [1, 1] },
    ];
    for (let pixel = -3; pixel < 15; pixel++) {
      const reached = projectiveField(layers, { y: pixel, x: pixel });
      for (let out = -10; out < 15; out++) {
        const seen = receptiveField(layers, { y: out, x: out });
        if (out >= reached.y0 && out <= reached.y1) expect(pixel >= seen.y0 && pixel <= seen.y1).toBe(true);
        else expect(pixel >= seen.y0 && pixel <= seen.y1).toBe(false);
      }
    }
  });

  it('is empty where the stride steps over the pixel', () => {
    const sparse: WindowLayer = { kernel: [2, 2], stride: [4, 4], padding: [0, 0], dilation: [1, 1] };
    const { y0, y1 } = projectiveField([sparse], { y: 3, x: 0 });
    expect(y1).toBeLessThan(y0);
  });
});

describe('nearestOutput', () => {
  it('gives back the output whose window has the pixel in its centre', () => {
    const layer: WindowLayer = { kernel: [5, 3], stride: [2, 3], padding: [1, 0], dilation: [2, 1] };
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 5; x++) {
        const { y0, y1, x0, x1 } = receptiveField([layer], { y, x });
        expect(nearestOutput(layer, { y: (y0 + y1) / 2, x: (x0 + x1) / 2 })).toEqual({ y, x });
      }
    }
  });

  it('gives the output that is nearest where the stride steps over the pixel', () => {
    const sparse: WindowLayer = { kernel: [1, 1], stride: [4, 4], padding: [0, 0], dilation: [1, 1] };
    expect(nearestOutput(sparse, { y: 5, x: 7 })).toEqual({ y: 1, x: 2 });
  });
});

describe('tapBetween', () => {
  it('returns the tap, and undefined in the holes of a dilated kernel', () => {
    const dilated: WindowLayer = { kernel: [3, 3], stride: [1, 1], padding: [0, 0], dilation: [2, 2] };
    expect(tapBetween(dilated, { y: 0, x: 0 }, { y: 2, x: 4 })).toEqual([1, 2]);
    expect(tapBetween(dilated, { y: 0, x: 0 }, { y: 1, x: 4 })).toBeUndefined();
    expect(tapBetween(dilated, { y: 0, x: 0 }, { y: 6, x: 4 })).toBeUndefined();
  });
});
