import type { Tensor, Tensor1D, Tensor4D, Tf } from '../../tfjs/tf.js';
import type { ProbePicture } from '../data/probes.js';
import { crossEntropy } from '../net/loss.js';
import { layerShapes } from '../net/models.js';
import { forward, type Network } from '../net/network.js';

/** The classes of the probes; of one that has none, the class that the net gives it. */
export function labelsOf(probes: readonly ProbePicture[], predictions: Float32Array): Int32Array {
  const classes = predictions.length / probes.length;
  return Int32Array.from(probes, ({ label }, probe) => {
    if (label !== null) return label;
    const own = predictions.subarray(probe * classes, (probe + 1) * classes);
    return Math.max(0, own.indexOf(Math.max(...own)));
  });
}

/**
 * d(mean cross-entropy of the probes) / d(pre-activation) of the captured layers: the gradient of zeros that are added to the
 * pre-activations. The caller disposes of the tensors.
 */
export function probeGradients(
  tf: Tf,
  network: Network,
  pictures: Tensor4D,
  classes: Int32Array,
  captured: ReadonlySet<string>,
): { readonly layer: string; readonly tensor: Tensor4D }[] {
  const shapes = layerShapes(network.model);
  const names = network.model.layers
    .filter(({ type, name }) => type === 'conv2d' && captured.has(name))
    .map(({ name }) => name);
  return tf.tidy(() => {
    const [, ...shape] = pictures.shape;
    const probes = tf.slice(pictures, [0, 0, 0, 0], [classes.length, ...shape]) as Tensor4D;
    const labels = tf.tensor1d(classes, 'int32') as Tensor1D;
    const zeros = names.map((name) => {
      const [channels, height, width] = shapes.get(name)!;
      return tf.zeros([classes.length, height, width, channels]) as Tensor4D;
    });
    const loss = (...offsets: Tensor[]) =>
      crossEntropy(
        tf,
        forward(tf, network, probes, {
          offsets: new Map(names.map((name, i) => [name, offsets[i] as Tensor4D])),
        }),
        labels,
      );
    const gradients = tf.grads(loss as never)(zeros as never) as Tensor4D[];
    return names.map((layer, i) => ({ layer, tensor: tf.keep(gradients[i]!) }));
  });
}
