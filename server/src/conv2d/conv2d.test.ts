import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../tfjs/backend.js';
import type { Tensor, Tf } from '../tfjs/tf.js';
import { conv2d } from './conv2d.js';
import { expectAgreement } from './testing/agreement.js';

let tf: Tf;

beforeAll(async () => {
  ({ tf } = await loadBackend({ wanted: 'wasm', threads: 1 }));
});

describe('conv2d on tfjs tensors', () => {
  it('agrees with the definition for random parameters, in values and gradients, and leaks no tensors', () => {
    expectAgreement(tf, 150);
  });

  it('takes integer tensors and returns float32', () => {
    tf.tidy(() => {
      const output = conv2d(tf, tf.ones([1, 1, 2, 2], 'int32'), tf.ones([1, 1, 2, 2], 'int32'));
      expect(output.dtype).toBe('float32');
      expect([...output.dataSync()]).toEqual([4]);
    });
  });

  it("refuses with PyTorch's messages, before any kernel runs", () => {
    tf.tidy(() => {
      const input = tf.zeros([1, 8, 19, 19]);
      const weight = tf.zeros([2, 3, 3, 3]);
      const before = tf.memory().numTensors;
      expect(() => conv2d(tf, input, weight)).toThrow(
        'Given groups=1, weight of size [2, 3, 3, 3], expected input[1, 8, 19, 19] to have 3 channels, but got 8 channels instead',
      );
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('has gradients of zero for an empty batch', () => {
    tf.tidy(() => {
      const run = (...[x, w]: Tensor[]) => conv2d(tf, x!, w!);
      const [dx, dw] = tf.grads(run)([tf.zeros([0, 3, 8, 8]), tf.ones([4, 3, 3, 3])]) as [Tensor, Tensor];
      expect(dx.shape).toEqual([0, 3, 8, 8]);
      expect(dw.shape).toEqual([4, 3, 3, 3]);
      expect(Math.max(...dw.dataSync())).toBe(0);
    });
  });
});
