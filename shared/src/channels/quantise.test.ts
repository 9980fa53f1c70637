import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapsShape } from './map-shape.js';
import { dequantise, errorBound, quantiseMaps } from './quantise.js';

const shape: MapsShape = { pictures: 2, height: 2, width: 2, channels: 2 };

/** The value at [picture, channel, y, x], by the definition of the two layouts. */
function valueAt(
  values: Float32Array,
  of: MapsShape,
  layout: 'NHWC' | 'NCHW',
  at: [number, number, number, number],
) {
  const [n, c, y, x] = at;
  return layout === 'NCHW'
    ? values[((n * of.channels + c) * of.height + y) * of.width + x]!
    : values[((n * of.height + y) * of.width + x) * of.channels + c]!;
}

function places(of: MapsShape): [number, number, number, number][] {
  const all: [number, number, number, number][] = [];
  for (let n = 0; n < of.pictures; n++)
    for (let c = 0; c < of.channels; c++)
      for (let y = 0; y < of.height; y++) for (let x = 0; x < of.width; x++) all.push([n, c, y, x]);
  return all;
}

const maps = fc
  .record({
    pictures: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 5 }),
    width: fc.integer({ min: 1, max: 5 }),
    channels: fc.integer({ min: 1, max: 5 }),
  })
  .chain((size) =>
    fc.record({
      size: fc.constant(size),
      layout: fc.constantFrom('NHWC' as const, 'NCHW' as const),
      values: fc
        .array(fc.float(), {
          minLength: size.pictures * size.height * size.width * size.channels,
          maxLength: size.pictures * size.height * size.width * size.channels,
        })
        .map((values) => Float32Array.from(values)),
    }),
  );

describe('quantised maps', () => {
  it('are those computed by hand for a small stack', () => {
    // Channel 0 goes from −1 to 3, channel 1 is always 5.
    const nhwc = Float32Array.from([-1, 5, 3, 5, 0, 5, 1, 5, 2, 5, -0.5, 5, 3, 5, -1, 5]);
    const { lo, hi, codes, nonFinite } = quantiseMaps(nhwc, shape, 'NHWC');
    expect([...lo]).toEqual([-1, 5]);
    expect([...hi]).toEqual([3, 5]);
    expect([...codes]).toEqual([0, 255, 64, 128, 0, 0, 0, 0, 191, 32, 255, 0, 0, 0, 0, 0]);
    expect(nonFinite).toEqual([]);
  });

  it('give every finite value back within the bound, and list the others with their places', () => {
    fc.assert(
      fc.property(maps, ({ size, layout, values }) => {
        const { lo, hi, codes, nonFinite } = quantiseMaps(values, size, layout);
        const listed = new Map<number, string>();
        for (const run of nonFinite)
          for (let k = 0; k < run.length; k++) listed.set(run.start + k, run.value);
        for (const [index, place] of places(size).entries()) {
          const value = valueAt(values, size, layout, place);
          const channel = place[1];
          if (!Number.isFinite(value)) {
            expect(listed.get(index)).toBe(String(value));
            expect(codes[index]).toBe(0);
            continue;
          }
          expect(listed.has(index)).toBe(false);
          const low = lo[channel]!;
          const high = hi[channel]!;
          const code = high === low ? 0 : Math.round((255 * (value - low)) / (high - low));
          // Codes are bytes, which have no −0.
          expect(codes[index]).toBe(Math.abs(code));
          const back = dequantise(codes[index]!, low, high);
          expect(Math.abs(back - value)).toBeLessThanOrEqual(errorBound(low, high) + 1e-15 * Math.abs(low));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have the limits of the finite values over all pictures, or 0 if there are none', () => {
    const nchw = Float32Array.from([
      1,
      NaN,
      2,
      3,
      NaN,
      NaN,
      NaN,
      Infinity,
      9,
      0,
      0,
      -Infinity,
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
    const { lo, hi, nonFinite } = quantiseMaps(nchw, shape, 'NCHW');
    expect([...lo]).toEqual([0, 0]);
    expect([...hi]).toEqual([9, 0]);
    expect(nonFinite).toEqual([
      { start: 1, length: 1, value: 'NaN' },
      { start: 4, length: 3, value: 'NaN' },
      { start: 7, length: 1, value: 'Infinity' },
      { start: 11, length: 1, value: '-Infinity' },
      { start: 12, length: 4, value: 'NaN' },
    ]);
  });

  it('refuse values that do not match the shape', () => {
    expect(() => quantiseMaps(new Float32Array(15), shape, 'NCHW')).toThrow(
      '2 pictures of 2 maps of 2×2 are 16 values; 15 were given.',
    );
  });
});
