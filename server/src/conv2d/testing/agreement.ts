import { PADDING_MODES } from '@convscope/shared/convolution/parameters.js';
import { plainConv2d, plainConv2dGradients } from '@convscope/shared/convolution/plain-conv2d.js';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Tensor, Tf } from '../../tfjs/tf.js';
import { conv2d } from '../conv2d.js';

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Random parameters that PyTorch accepts, small enough to check by hand. */
const anyCase = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 2 }),
    outPerGroup: fc.integer({ min: 1, max: 2 }),
    kernel: pair(1, 3),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 3),
    extra: pair(0, 4),
    bias: fc.boolean(),
    batched: fc.boolean(),
    same: fc.boolean(),
    paddingMode: fc.constantFrom(...PADDING_MODES),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  .map((c) => {
    // Large enough for at least one window, and for the reflection.
    const size = (axis: 0 | 1) =>
      Math.max(
        c.dilation[axis] * (c.kernel[axis] - 1) + 1 - 2 * c.padding[axis],
        c.padding[axis] + 1,
        c.dilation[axis] * 2 + 1,
        1,
      ) + c.extra[axis];
    const input = [c.groups * c.perGroup, size(0), size(1)];
    const random = generator(c.seed);
    const tensor = (shape: number[]) => ({
      shape,
      data: Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => Math.round(random() * 16 - 8) / 4,
      ),
    });
    const options = {
      stride: c.same ? 1 : c.stride,
      padding: c.same ? ('same' as const) : c.padding,
      dilation: c.dilation,
      groups: c.groups,
      paddingMode: c.paddingMode,
    };
    return {
      options,
      input: tensor(c.batched ? [c.batch, ...input] : input),
      weight: tensor([c.groups * c.outPerGroup, c.perGroup, ...c.kernel]),
      bias: c.bias ? tensor([c.groups * c.outPerGroup]) : undefined,
      random,
    };
  });

/** mulberry32: a generator of numbers in [0, 1) from a seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(expected, (b, i) => Math.abs(actual[i]! - b) / (1 + Math.abs(b)));
  expect(Math.max(0, ...worst)).toBeLessThanOrEqual(1e-5);
}

/**
 * For random parameters, compares values and gradients on this tfjs with the definition, and checks for leaked tensors.
 * @throws with the smallest failing parameters that were found
 */
export function expectAgreement(tf: Tf, numRuns: number): void {
  fc.assert(
    fc.property(anyCase, ({ options, input, weight, bias, random }) => {
      const before = tf.memory().numTensors;
      const expected = plainConv2d(input, weight, bias, options);
      const gradOutput = {
        shape: expected.shape,
        data: Float32Array.from(expected.data, () => Math.round(random() * 8 - 4)),
      };
      const gradients = plainConv2dGradients(input, weight, gradOutput, options);
      tf.tidy(() => {
        const tensors = [input, weight, ...(bias ? [bias] : [])].map(({ data, shape }) =>
          tf.tensor(data, shape),
        );
        const run = (...[x, w, b]: Tensor[]) => conv2d(tf, x!, w!, b, options);
        const output = run(...tensors);
        expect(output.shape).toEqual(expected.shape);
        expectClose(output.dataSync(), expected.data);
        const [dx, dw, db] = tf.grads(run)(tensors, tf.tensor(gradOutput.data, [...gradOutput.shape])) as [
          Tensor,
          Tensor,
          Tensor?,
        ];
        expectClose(dx.dataSync(), gradients.input);
        expectClose(dw.dataSync(), gradients.weight);
        if (db) expectClose(db.dataSync(), gradients.bias);
      });
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns },
  );
}
