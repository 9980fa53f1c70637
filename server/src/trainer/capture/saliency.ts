/** The gradient of a class score with respect to the pixels of a picture (Simonyan et al. 2014, section 3). */
import type { Tensor, Tensor2D, Tensor4D, Tf } from '../../tfjs/tf.js';
import { forward, type Network } from '../net/network.js';
import { requireFinite } from './finite-scores.js';

export interface Saliency {
  readonly class: number;
  /** The logit of the class, and its probability. */
  readonly score: number;
  readonly probability: number;
  /** d(score) / d(normalised picture), [channel, y, x]. */
  readonly gradient: Float32Array;
}

/**
 * @param picture normalised, [y, x, channel]
 * @param wanted the class; undefined for the one with the largest score
 */
export async function saliencyOf(
  tf: Tf,
  network: Network,
  picture: Float32Array,
  side: number,
  wanted?: number,
): Promise<Saliency> {
  const x = tf.tensor(picture.slice(), [1, side, side, 3]) as Tensor4D;
  const kept: Tensor[] = [x];
  try {
    const logits = tf.tidy(() => forward(tf, network, x));
    kept.push(logits);
    const scores = (await logits.data()) as Float32Array;
    requireFinite(scores);
    const chosen = wanted ?? scores.indexOf(Math.max(...scores));
    const gradient = tf.tidy(() => {
      const mask = tf.oneHot(tf.tensor1d([chosen], 'int32'), scores.length).toFloat();
      // With `read`, layers are computed one by one. Fused, the first one has no gradient of its input.
      const score = (input: Tensor) =>
        tf.sum(tf.mul(forward(tf, network, input as Tensor4D, { read: () => undefined }) as Tensor2D, mask));
      const [, height, width, channels] = x.shape;
      const found = tf.grad(score)(x);
      return tf.transpose(tf.reshape(found, [height, width, channels]), [2, 0, 1]);
    });
    kept.push(gradient);
    const values = (await gradient.data()) as Float32Array;
    return {
      class: chosen,
      score: scores[chosen]!,
      probability: softmaxAt(scores, chosen),
      gradient: values,
    };
  } finally {
    tf.dispose(kept);
  }
}

function softmaxAt(scores: Float32Array, chosen: number): number {
  const most = Math.max(...scores);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  return Math.exp(scores[chosen]! - most) / sum;
}
