import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';

/**
 * y + bias, [N, H, W, C] + [C]. On wasm, tfjs computes the bias gradient by transposing before it sums. Multiplying by a
 * matrix of ones takes an eighth of the time (1.5 ms instead of 12 ms for 64×32×32×32).
 */
export function addBias(tf: Tf, y: Tensor4D, bias: Tensor1D): Tensor4D {
  if (tf.getBackend() !== 'wasm') return tf.add(y, bias);
  const operation = tf.customGrad((...args) => {
    const [y, bias] = args as unknown as [Tensor4D, Tensor1D];
    return {
      value: tf.add(y, bias),
      gradFunc: (dy: Tensor) => [dy.clone(), channelSums(tf, dy as Tensor4D)],
    };
  });
  return operation(y, bias) as Tensor4D;
}

/** Sums over rows, then over columns: two short float32 sums are more accurate than one long sum. */
function channelSums(tf: Tf, dy: Tensor4D): Tensor1D {
  const [pictures, height, width, channels] = dy.shape;
  const rows = pictures * height;
  const overRows = tf.matMul(tf.ones([1, rows]), tf.reshape(dy, [rows, width * channels]));
  return tf.reshape(tf.matMul(tf.ones([1, width]), tf.reshape(overRows, [width, channels])), [channels]);
}
