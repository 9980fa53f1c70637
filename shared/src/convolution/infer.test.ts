import { describe, expect, it } from 'vitest';
import type { Pair } from '../run-description.js';
import { inferConvolution, type KnownConvolution } from './infer.js';
import type { Conv2dOptions } from './parameters.js';
import { plainConv2d } from './plain-conv2d.js';

/** Numbers without a pattern, the same in every run. */
function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

interface Case extends Conv2dOptions {
  readonly channels?: number;
  readonly outputs?: number;
  readonly kernel?: Pair;
  readonly size?: Pair;
  readonly bias?: boolean;
}

function known(of: Case): KnownConvolution {
  const { channels = 4, outputs = 6, kernel = [3, 3], size = [12, 11], bias = true, ...options } = of;
  const perGroup = channels / (options.groups ?? 1);
  const input = { data: noise(channels * size[0] * size[1], 1), shape: [channels, ...size] as const };
  const weight = {
    data: noise(outputs * perGroup * kernel[0] * kernel[1], 2),
    shape: [outputs, perGroup, ...kernel] as const,
  };
  const biases = bias ? noise(outputs, 3) : undefined;
  const plain = plainConv2d(input, weight, biases && { data: biases, shape: [outputs] }, options);
  const [, height, width] = plain.shape as [number, number, number];
  const output = { data: Float32Array.from(plain.data), shape: [outputs, height, width] as const };
  return { input, weight, bias: biases, output };
}

describe('inferring a convolution from its numbers', () => {
  it.each<[string, Case, object]>([
    ['plain', {}, { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 }],
    ['padded', { padding: 1 }, { stride: [1, 1], padding: [1, 1] }],
    ['strided', { stride: 2, padding: 1 }, { stride: [2, 2], padding: [1, 1] }],
    ['with sides that differ', { stride: [1, 3], padding: [2, 0] }, { stride: [1, 3], padding: [2, 0] }],
    // Of the shape alone, padding 1 and dilation 1 would do as well.
    ['dilated', { dilation: 2, padding: 2 }, { dilation: [2, 2], padding: [2, 2] }],
    ['grouped', { groups: 2 }, { groups: 2 }],
    ['depthwise', { channels: 6, groups: 6, padding: 1 }, { groups: 6, padding: [1, 1] }],
    ['1×1 with a stride', { kernel: [1, 1], stride: 2 }, { stride: [2, 2], padding: [0, 0] }],
    [
      '7×7 as in ResNet',
      { channels: 3, kernel: [7, 7], stride: 2, padding: 3, size: [32, 32] },
      { padding: [3, 3] },
    ],
    ['without bias', { bias: false, padding: 1 }, { padding: [1, 1] }],
    ['padded by reflection', { padding: 1, paddingMode: 'reflect' }, { paddingMode: 'reflect' }],
    [
      'padded circularly',
      { padding: [1, 2], paddingMode: 'circular', kernel: [3, 5] },
      { paddingMode: 'circular' },
    ],
  ])('finds one that is %s', (_, of, expected) => {
    expect(inferConvolution(known(of))).toMatchObject({
      kind: 'unique',
      parameters: { activation: 'none', ...expected },
    });
  });

  it('finds one whose output was logged behind a ReLU', () => {
    const { output, ...rest } = known({ padding: 1 });
    const rectified = { ...output, data: output.data.map((value) => Math.max(0, value)) };
    expect(inferConvolution({ ...rest, output: rectified })).toMatchObject({
      kind: 'unique',
      parameters: { activation: 'relu', padding: [1, 1] },
    });
  });

  it('bears the rounding of a GPU', () => {
    const { output, ...rest } = known({ padding: 1 });
    const rounded = {
      ...output,
      data: output.data.map((value, at) => value * (1 + (at % 2 ? 4e-4 : -4e-4))),
    };
    expect(inferConvolution({ ...rest, output: rounded }).kind).toBe('unique');
  });

  it('does not choose where the numbers do not', () => {
    const { input, output, ...rest } = known({ padding: 2, dilation: 2, bias: false });
    const inference = inferConvolution({
      ...rest,
      input: { ...input, data: new Float32Array(input.data.length) },
      output: { ...output, data: new Float32Array(output.data.length) },
    });
    expect(inference.kind).toBe('several');
    const found = inference.kind === 'several' ? inference.candidates : [];
    expect(found.map(({ dilation }) => dilation.join())).toEqual(expect.arrayContaining(['1,1', '2,2']));
  });

  it('says that none fits: not the numbers, not the shapes, not the channels', () => {
    const { output, ...rest } = known({ padding: 1 });
    const other = { ...output, data: noise(output.data.length, 9) };
    expect(inferConvolution({ ...rest, output: other })).toMatchObject({
      kind: 'none',
      reason: 'No convolution of the logged input with the logged kernels gives the logged output.',
    });
    expect(inferConvolution({ ...rest, bias: undefined, output })).toMatchObject({
      reason: expect.stringContaining('The log has no bias of this layer'),
    });
    const larger = { data: new Float32Array(6 * 40 * 40), shape: [6, 40, 40] as const };
    expect(inferConvolution({ ...rest, output: larger })).toMatchObject({
      reason: 'No stride, padding and dilation makes 40×40 of 12×11 with kernels of 3×3.',
    });
    const more = { data: noise(7 * 12 * 11, 4), shape: [7, 12, 11] as const };
    expect(inferConvolution({ ...rest, output: more })).toMatchObject({
      reason: 'The kernels make 6 channels, and the output has 7.',
    });
  });

  it('is quick for 512 channels', () => {
    const of = known({ channels: 512, outputs: 16, size: [8, 8], padding: 1 });
    const began = performance.now();
    expect(inferConvolution(of).kind).toBe('unique');
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
