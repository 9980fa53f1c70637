import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeLivePoints, encodeLivePoints, type LivePoints } from './live-points.js';

const block = fc.nat(5).chain((length): fc.Arbitrary<LivePoints> => {
  const numbers = fc
    .array(fc.double(), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));
  const natural = fc.nat();
  const kept = fc.nat();
  return fc.record({
    ...{ run: natural, tag: natural, generation: fc.maxSafeNat(), start: fc.maxSafeNat(), kept },
    ...{ steps: numbers, wallTimes: numbers, values: numbers },
  });
});

it('gives back the points that were encoded', () => {
  fc.assert(
    fc.property(fc.array(block), (points) => {
      expect(decodeLivePoints(encodeLivePoints(points))).toEqual(points);
    }),
  );
});

it('refuses any bytes that are not whole blocks, and allocates no more than they hold', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
      try {
        decodeLivePoints(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
  const one = { run: 0, tag: 0, generation: 1, start: 0, kept: 1, steps: Float64Array.of(1) };
  const bytes = encodeLivePoints([{ ...one, wallTimes: Float64Array.of(1), values: Float64Array.of(1) }]);
  for (let length = 1; length < bytes.length; length++)
    expect(() => decodeLivePoints(bytes.subarray(0, length))).toThrow(RangeError);
  new DataView(bytes.buffer).setUint32(24, 0xffff_ffff, true);
  expect(() => decodeLivePoints(bytes)).toThrow(RangeError);
});
