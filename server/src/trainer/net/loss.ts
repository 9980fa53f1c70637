import type { Tensor, Tensor1D, Tensor2D, Tf } from '../../tfjs/tf.js';

/**
 * Mean softmax cross-entropy, as F.cross_entropy: mean over pictures of −log softmax(logits)[label].
 * logits [N, classes], labels int32 [N]. The gradient, (softmax − one-hot) / N, is in closed form.
 */
export function crossEntropy(tf: Tf, logits: Tensor2D, labels: Tensor1D): Tensor {
  const pictures = logits.shape[0];
  const operation = tf.customGrad((...args: unknown[]) => {
    const [logits, save] = args as [Tensor2D, (tensors: Tensor[]) => void];
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1, true);
    const wanted = tf.oneHot(labels, logits.shape[1]).toFloat();
    const logLikelihood = tf.sub(tf.sum(tf.mul(shifted, wanted)), tf.sum(tf.log(sums)));
    const gradient = tf.div(tf.sub(tf.div(exponentials, sums), wanted), pictures);
    save([gradient]);
    return {
      value: tf.div(logLikelihood, -pictures),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [tf.mul(dy, saved[0]!)],
    };
  });
  return operation(logits);
}

/** The number of pictures whose largest logit is that of their label, as a float32 scalar. */
export function correctCount(tf: Tf, logits: Tensor2D, labels: Tensor1D): Tensor {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1).toInt(), labels), 'float32'));
}
