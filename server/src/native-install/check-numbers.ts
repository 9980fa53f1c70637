import type { Tensor4D, Tf } from '../tfjs/tf.js';

function expectEqual(what: string, found: ArrayLike<number>, expected: readonly number[]): void {
  const same =
    found.length === expected.length &&
    expected.every((value, i) => Math.abs(value - (found[i] ?? Number.NaN)) < 1e-4);
  if (!same)
    throw new Error(`${what} gave ${Array.from(found).join(' ')}; ${expected.join(' ')} was expected.`);
}

/**
 * Compares a product, and a convolution with its gradients, on the current backend with numbers computed by hand.
 * @throws Error that names both numbers when they differ
 */
export function checkNumbers(tf: Tf): void {
  const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
  expectEqual('The product of two 2×2 matrices', product.dataSync(), [19, 22, 43, 50]);

  // With ones everywhere each of the 2×2 outputs sums 9 products, the gradient of a weight is 4, and that of a pixel is the
  // number of windows that cover it.
  const picture = tf.ones([1, 4, 4, 1]) as Tensor4D;
  const kernel = tf.ones([3, 3, 1, 1]) as Tensor4D;
  const convolve = (x: typeof picture, w: typeof kernel) => tf.conv2d(x, w, 1, 'valid');
  expectEqual('A 3×3 convolution of ones', convolve(picture, kernel).dataSync(), [9, 9, 9, 9]);
  const gradients = tf.grads((x, w) => convolve(x as typeof picture, w as typeof kernel).sum())([
    picture,
    kernel,
  ]);
  expectEqual(
    'The gradient of its input',
    gradients[0]?.dataSync() ?? [],
    [1, 2, 2, 1, 2, 4, 4, 2, 2, 4, 4, 2, 1, 2, 2, 1],
  );
  expectEqual('The gradient of its kernel', gradients[1]?.dataSync() ?? [], [4, 4, 4, 4, 4, 4, 4, 4, 4]);
}
