import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantise, errorBound, quantiseMaps } from '../channels/quantise.js';
import { PADDING_MODES } from './parameters.js';
import { plainConv2d } from './plain-conv2d.js';
import {
  exactly,
  inputReading,
  marginOf,
  plus,
  type Reading,
  rectified,
  roundingOf,
  sumOfProducts,
  times,
  within,
} from './reading.js';
import { convolutionTerms } from './terms.js';

const float = (size: number) => fc.float({ min: -size, max: size, noNaN: true });

/** A small convolution of random maps: some large, some tiny, some constant. */
const cases = fc
  .record({
    groups: fc.integer({ min: 1, max: 2 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 3, max: 5 }),
    width: fc.integer({ min: 3, max: 5 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })),
    paddingMode: fc.constantFrom(...PADDING_MODES),
    size: fc.constantFrom(0, 1e-6, 1, 300, 1e6),
    relu: fc.boolean(),
  })
  .chain((shape) => {
    const inputs = shape.groups * shape.perGroup * shape.height * shape.width;
    const weights = shape.groups * shape.perGroup * shape.kernel[0] * shape.kernel[1];
    const array = (size: number, length: number) =>
      fc.array(float(Math.fround(size)), { minLength: length, maxLength: length });
    return fc.record({
      shape: fc.constant(shape),
      input: array(shape.size, inputs),
      weight: array(4, weights),
      bias: array(4, shape.groups),
    });
  });

describe('the interval of a convolution of logged maps', () => {
  it('holds the exact convolution of the values before they were logged, at every pixel, before and after ReLU', () => {
    fc.assert(
      fc.property(cases, ({ shape, input, weight, bias }) => {
        const { groups, perGroup, height, width, kernel, stride, padding, paddingMode, relu } = shape;
        const channels = groups * perGroup;
        const before = Float32Array.from(input);
        const { lo, hi, codes } = quantiseMaps(before, { pictures: 1, channels, height, width }, 'NCHW');
        // The truth: float64 arithmetic on the values that the net had.
        const original = Float64Array.from(before, (value) => (relu ? Math.max(0, value) : value));
        const weightShape = [groups, perGroup, ...kernel] as const;
        const options = { stride, padding, groups, paddingMode };
        const truth = plainConv2d(
          { data: original, shape: [1, channels, height, width] },
          { data: weight, shape: weightShape },
          { data: bias, shape: [groups] },
          options,
        );
        const readingAt = (channel: number, y: number, x: number): Reading => {
          const code = codes[(channel * height + y) * width + x]!;
          const low = lo[channel]!;
          const reading = within(dequantise(code, low, hi[channel]!), errorBound(low, hi[channel]!));
          return relu ? rectified(reading) : reading;
        };
        const decoded = Float64Array.from(original, (_, at) => {
          const place = at % (height * width);
          return readingAt(Math.floor(at / (height * width)), Math.floor(place / width), place % width).value;
        });
        const [, , outHeight, outWidth] = truth.shape as [number, number, number, number];
        for (let at = 0; at < truth.data.length; at++) {
          const place = at % (outHeight * outWidth);
          const pixel = convolutionTerms(
            { data: decoded, shape: [channels, height, width] },
            { data: Float64Array.from(weight), shape: weightShape },
            Float64Array.from(bias),
            { ...options, dilation: [1, 1] },
            {
              outChannel: Math.floor(at / (outHeight * outWidth)),
              y: Math.floor(place / outWidth),
              x: place % outWidth,
            },
          );
          const inputs = pixel.terms.map((term) => inputReading(term, readingAt));
          const sum = plus(sumOfProducts(pixel.terms, inputs), exactly(pixel.bias));
          // Float64 rounds too; that is far below what is shown.
          const rounding = 1e-12 * pixel.terms.reduce((all, { product }) => all + Math.abs(product), 1);
          expect(Math.abs(sum.value - pixel.sum)).toBeLessThanOrEqual(rounding);
          for (const [claimed, exact] of [
            [sum, truth.data[at]!],
            [rectified(sum), Math.max(0, truth.data[at]!)],
          ] as const) {
            expect(exact).toBeGreaterThanOrEqual(claimed.lo - rounding);
            expect(exact).toBeLessThanOrEqual(claimed.hi + rounding);
            expect(Math.abs(exact - claimed.value)).toBeLessThanOrEqual(marginOf(claimed) + rounding);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the sum itself if the maps are exact', () => {
    const terms = convolutionTerms(
      { data: Float32Array.of(1, -2), shape: [2, 1, 1] },
      { data: Float32Array.of(3, -4), shape: [1, 2, 1, 1] },
      undefined,
      { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, paddingMode: 'zeros' },
      { outChannel: 0, y: 0, x: 0 },
    ).terms;
    const sum = sumOfProducts(
      terms,
      terms.map(({ input }) => exactly(input)),
    );
    expect(sum).toEqual(exactly(11));
    expect(marginOf(sum)).toBe(0);
  });
});

describe('a reading', () => {
  it('is clipped by ReLU, and stays honest where only a part of its interval is positive', () => {
    expect(rectified(within(-0.25, 0.5))).toEqual({ value: 0, lo: 0, hi: 0.25 });
    expect(rectified(within(0.25, 0.5))).toEqual({ value: 0.25, lo: 0, hi: 0.75 });
    expect(rectified(within(-2, 0.5))).toEqual(exactly(0));
    expect(marginOf(rectified(within(-0.25, 0.5)))).toBe(0.25);
    expect(marginOf(rectified(within(0.25, 0.5)))).toBe(0.5);
  });

  it('turns round when it is multiplied with a negative weight', () => {
    expect(times({ value: 1, lo: 0, hi: 4 }, -2)).toEqual({ value: -2, lo: -8, hi: -0 });
  });

  it('of NaN or an infinity is exact', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(marginOf(exactly(value))).toBe(0);
    }
    expect(rectified(exactly(Number.NaN)).value).toBeNaN();
    expect(rectified(exactly(Number.NEGATIVE_INFINITY))).toEqual(exactly(0));
  });
});

/** A float32 in TF32, which keeps 10 bits after the point. */
function tf32(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0]! + 0x1000) & ~0x1fff;
  return new Float32Array(bits.buffer)[0]!;
}

/** The nearest number with so many bits and so small a lowest one. */
function rounded(bits: number, smallest: number): (value: number) => number {
  return (value) => {
    if (value === 0) return 0;
    const unit = Math.max(2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - bits), smallest);
    return Math.round(value / unit) * unit;
  };
}

const same = (value: number) => value;
const float16 = rounded(11, 2 ** -24);
const bfloat16 = rounded(8, 2 ** -133);

it.each([
  ['float32', same, same, Math.fround],
  ['tf32', same, tf32, Math.fround],
  ['float16', float16, same, float16],
  ['bfloat16', bfloat16, same, bfloat16],
] as const)(
  'a sum in %s differs from the exact one by no more than its rounding',
  (precision, stored, factor, round) => {
    const pair = fc
      .tuple(float(1000).map(stored), float(10).map(stored))
      .filter((both) => both.every((one) => one === 0 || Math.abs(one) > 1e-20));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 300 }), (pairs) => {
        const terms = convolutionTerms(
          { data: Float32Array.from(pairs, ([input]) => input), shape: [pairs.length, 1, 1] },
          { data: Float32Array.from(pairs, ([, weight]) => weight), shape: [1, pairs.length, 1, 1] },
          undefined,
          { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, paddingMode: 'zeros' },
          { outChannel: 0, y: 0, x: 0 },
        );
        let single = 0;
        for (const { input, weight } of terms.terms)
          single = round(single + round(factor(input) * factor(weight)));
        expect(Math.abs(single - terms.sum)).toBeLessThanOrEqual(
          roundingOf(terms.terms, 0, precision) + 1e-40,
        );
      }),
    );
  },
);
