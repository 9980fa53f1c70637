import { transposedVectors } from '@convscope/shared/testing/transposed-vectors.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../tfjs/backend.js';
import type { Tensor, Tf } from '../tfjs/tf.js';
import { convTranspose2d } from './conv-transpose2d.js';

const { values, refused } = transposedVectors();
let tf: Tf;

beforeAll(async () => {
  ({ tf } = await loadBackend({ wanted: 'wasm', threads: 1 }));
});

function expectClose(actual: Tensor, { shape, data }: { shape: number[]; data: number[] }): void {
  expect(actual.shape).toEqual(shape);
  const worst = [...actual.dataSync()].map(
    (value, at) => Math.abs(value - data[at]!) / (1 + Math.abs(data[at]!)),
  );
  expect(Math.max(...worst)).toBeLessThanOrEqual(1e-5);
}

describe('convTranspose2d on tfjs tensors', () => {
  test.each(
    values.map((one) => [JSON.stringify([one.input.shape, one.weight.shape, one.options]), one] as const),
  )('computes what PyTorch does, with its gradients: %s', (_, one) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const tensors = [one.input, one.weight, ...(one.bias ? [one.bias] : [])].map(({ data, shape }) =>
        tf.tensor(data, shape, 'float32'),
      );
      const run = (...[x, w, b]: Tensor[]) => convTranspose2d(tf, x!, w!, b, one.options);
      const output = run(...tensors);
      expectClose(output, one.output);
      const dy = tf.tensor(
        one.output.data.map((_, at) => at % 5),
        one.output.shape,
        'float32',
      );
      const [dx, dw, db] = tf.grads(run)(tensors, dy) as [Tensor, Tensor, Tensor?];
      expectClose(dx, one.inputGradient);
      expectClose(dw, one.weightGradient);
      if (db !== undefined) expectClose(db, one.biasGradient!);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses in the words of PyTorch, before any kernel runs', () => {
    const { input, weight, options, message } = refused.find(({ options }) => options.outputPadding === 1)!;
    tf.tidy(() => {
      const tensors = [tf.zeros([...input]), tf.zeros([...weight])] as const;
      const before = tf.memory().numTensors;
      expect(() => convTranspose2d(tf, ...tensors, undefined, options)).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('of an empty batch is empty, with gradients of zero', () => {
    tf.tidy(() => {
      const run = (...[x, w]: Tensor[]) => convTranspose2d(tf, x!, w!);
      const [dx, dw] = tf.grads(run)([tf.zeros([0, 3, 8, 8]), tf.ones([3, 4, 3, 3])]) as [Tensor, Tensor];
      expect(dx.shape).toEqual([0, 3, 8, 8]);
      expect(Math.max(...dw.dataSync())).toBe(0);
    });
  });
});
