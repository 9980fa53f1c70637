import type { Pair } from '@convscope/shared/run-description.js';
import type { Tensor4D, Tf } from './tf.js';

/**
 * Takes every stride-th pixel, from the first: [N, H, W, C] → [N, ⌈H / stride⌉, ⌈W / stride⌉, C]. It uses an average pool
 * of one pixel, which has a gradient on every backend; a strided slice has none in tfjs.
 */
export function everyNth(tf: Tf, x: Tensor4D, [rows, columns]: Pair): Tensor4D {
  return tf.avgPool(x, 1, [rows, columns], 'valid');
}

/**
 * Whether a strided convolution must be replaced by `everyNth` and a convolution without a stride. That is the case for
 * 1×1 kernels on native: in their filter gradient, oneDNN 3.2.1 in libtensorflow 2.15 writes past the end of its buffer
 * (jit_1x1:avx512_core, [1, 4, 9, 1] filtered to 2 channels with strides 2 and 1). This damages the heap, and the
 * process may crash some time later.
 */
export function mustTakeEveryNth(tf: Tf, kernel: Pair, stride: Pair): boolean {
  return tf.getBackend() === 'tensorflow' && Math.max(...kernel) === 1 && Math.max(...stride) > 1;
}
