/**
 * Gradients for the native backend from TensorFlow's own operations. tfjs builds the gradient of ReLU from `step`,
 * which on tfjs-node makes an array of ones in JavaScript, hands it over and selects from it, for every layer of
 * every step: a fifth of a training step of the default net.
 */
import type { Tensor, Tf } from './tf.js';

interface NativeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(operation: string, attributes: readonly object[], inputs: readonly Tensor[]): Tensor;
}

/** Replaces them for the whole process; call it once, after the backend `tensorflow` has started. */
export function registerNativeGradients(tf: Tf): void {
  const backend = tf.backend() as unknown as NativeBackend;
  const float32 = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => backend.executeSingleOutput('ReluGrad', [float32], [dy as Tensor, y!]),
    }),
  });
}
