import type { Pair } from '@convscope/shared/run-description.js';
import type { Tensor4D, Tf } from './tf.js';

/**
 * [N, H, W, C] → [N, ⌈H / stride⌉, ⌈W / stride⌉, C]: every stride-th pixel, from the first. Differentiable: an
 * average over one pixel has a gradient on every backend, a strided slice has none in tfjs.
 */
export function everyNth(tf: Tf, x: Tensor4D, [rows, columns]: Pair): Tensor4D {
  return tf.avgPool(x, 1, [rows, columns], 'valid');
}

/**
 * Whether a convolution must be made of `everyNth` and one that has no stride: on native, where its kernel is one
 * pixel. oneDNN 3.2.1, which computes in libtensorflow 2.15, writes past the end of its buffer in the filter's
 * gradient (jit_1x1:avx512_core, [1, 4, 9, 1] filtered to 2 channels with strides 2 and 1): the heap is damaged and
 * the process dies at some later time, or does not.
 */
export function mustTakeEveryNth(tf: Tf, kernel: Pair, stride: Pair): boolean {
  return tf.getBackend() === 'tensorflow' && Math.max(...kernel) === 1 && Math.max(...stride) > 1;
}
