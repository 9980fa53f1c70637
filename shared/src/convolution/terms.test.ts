import { describe, expect, it } from 'vitest';
import type { Conv2dParameters } from './parameters.js';
import { contribution, convolutionTerms } from './terms.js';

// The worked example; PyTorch computed its outputs.
const input = {
  data: new Float32Array([1, 2, 0, 3, 1, 0, 1, 2, 3, 1, 1, 2, 1, 0, 0, 5, 2, 3, 1, 1, 2, 1, 0, 1, 1]),
  shape: [1, 5, 5] as const,
};
const weight = { data: new Float32Array([1, 2, 1, 0, 1, 0, 2, 1, 0]), shape: [1, 1, 3, 3] as const };
const plain: Conv2dParameters = {
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 1],
  groups: 1,
  paddingMode: 'zeros',
};
const padded: Conv2dParameters = { ...plain, padding: [1, 1] };

describe('convolutionTerms', () => {
  it('lists nine products that sum to the output pixel', () => {
    const pixel = convolutionTerms(input, weight, undefined, plain, { outChannel: 0, y: 1, x: 0 });
    expect(pixel.terms).toHaveLength(9);
    expect(pixel.terms.map((term) => term.product)).toEqual([0, 2, 2, 0, 2, 0, 10, 2, 0]);
    expect(pixel.sum).toBe(18);
  });

  it('marks taps in the padding and reads zeros there', () => {
    const corner = convolutionTerms(input, weight, undefined, padded, { outChannel: 0, y: 0, x: 0 });
    expect(corner.terms.filter((term) => !term.inside)).toHaveLength(5);
    expect(corner.terms[0]).toMatchObject({
      y: -1,
      x: -1,
      inside: false,
      input: 0,
      product: 0,
      source: undefined,
    });
    expect(corner.sum).toBe(1);
  });

  it('reads the mirrored pixel where the padding reflects', () => {
    const corner = convolutionTerms(
      input,
      weight,
      undefined,
      { ...padded, paddingMode: 'reflect' },
      { outChannel: 0, y: 0, x: 0 },
    );
    expect(corner.terms[0]).toMatchObject({ y: -1, x: -1, inside: false, source: { y: 1, x: 1 }, input: 1 });
  });

  it('adds the bias once and returns a separate sum for each input channel', () => {
    const two = { data: Float32Array.of(1, 2, 3, 4), shape: [4, 1, 1] as const };
    const kernels = { data: Float32Array.of(1, 10, 100, 1000), shape: [2, 2, 1, 1] as const };
    const pixel = convolutionTerms(
      two,
      kernels,
      Float32Array.of(7, 0.5),
      { ...plain, groups: 2 },
      { outChannel: 1, y: 0, x: 0 },
    );
    expect(pixel.byInput).toEqual([
      { inChannel: 2, sum: 300 },
      { inChannel: 3, sum: 4000 },
    ]);
    expect(pixel.bias).toBe(0.5);
    expect(pixel.sum).toBe(4300.5);
  });

  it('refuses a pixel outside the output, naming the output size', () => {
    expect(() => convolutionTerms(input, weight, undefined, plain, { outChannel: 0, y: 3, x: 0 })).toThrow(
      /1×3×3/,
    );
  });
});

describe('contribution', () => {
  it('equals the output if there is only one input channel', () => {
    expect([...contribution(input, weight, plain, 0, 0)]).toEqual([10, 12, 12, 18, 16, 16, 13, 9, 3]);
    expect([...contribution(input, weight, padded, 0, 0)]).toEqual([
      1, 3, 4, 10, 8, 5, 10, 12, 12, 6, 7, 18, 16, 16, 8, 11, 13, 9, 3, 4, 14, 13, 9, 7, 4,
    ]);
    expect([...contribution(input, weight, { ...plain, stride: [2, 2] }, 0, 0)]).toEqual([10, 12, 13, 3]);
  });

  it('is zero between channels of different groups', () => {
    const two = { data: Float32Array.of(1, 2), shape: [2, 1, 1] as const };
    const kernels = { data: Float32Array.of(3, 4), shape: [2, 1, 1, 1] as const };
    expect([...contribution(two, kernels, { ...plain, groups: 2 }, 0, 1)]).toEqual([0]);
    expect([...contribution(two, kernels, { ...plain, groups: 2 }, 1, 1)]).toEqual([8]);
  });
});
