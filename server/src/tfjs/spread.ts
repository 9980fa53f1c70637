import type { Pair } from '@convscope/shared/run-description.js';
import type { Tensor4D, Tf } from './tf.js';

/** Inserts zeros between the pixels: [N, H, W, C] → [N, (H − 1)·stride + 1, (W − 1)·stride + 1, C]. */
export function spread(tf: Tf, x: Tensor4D, stride: Pair): Tensor4D {
  const [strideHeight, strideWidth] = stride;
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [pictures, height, width, channels] = x.shape;
  const cells = tf.pad(tf.reshape(x, [pictures * height, 1, width, 1, channels]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(cells, [
    pictures,
    height * strideHeight,
    width * strideWidth,
    channels,
  ]) as Tensor4D;
  return tf.slice(
    whole,
    [0, 0, 0, 0],
    [pictures, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels],
  );
}
