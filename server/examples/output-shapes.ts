/** Shows how stride and padding change the output shape of sixteen random 5×5 kernels on a 28×28 picture. */

import { loadBackend } from 'convscope/backend';
import { conv2d } from 'convscope/conv2d';

export async function run(write: (line: string) => void): Promise<void> {
  const { tf } = await loadBackend();
  tf.tidy(() => {
    // PyTorch's order of axes: pictures, channels, height, width.
    const input = tf.randomNormal([1, 3, 28, 28]);
    const weight = tf.randomNormal([16, 3, 5, 5]);
    const bias = tf.randomNormal([16]);
    write(`input ${shape(input)}, weight ${shape(weight)}, bias ${shape(bias)}`);
    write(`stride 1, padding 1: ${shape(conv2d(tf, input, weight, bias, { stride: 1, padding: 1 }))}`);
    write(`stride 2, padding 2: ${shape(conv2d(tf, input, weight, bias, { stride: 2, padding: 2 }))}`);
    write(`default:             ${shape(conv2d(tf, input, weight, bias))}`);
  });
}

function shape(tensor: { readonly shape: readonly number[] }): string {
  return tensor.shape.join('×');
}
