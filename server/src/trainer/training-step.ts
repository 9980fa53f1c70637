import type { NamedTensorMap, Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { correctCount, crossEntropy } from './net/loss.js';
import { forward, type Network } from './net/network.js';

export interface StepGradients {
  /** Mean loss of the batch, before the update. */
  readonly loss: number;
  readonly accuracy: number;
  /** By parameter name. The caller disposes of them. */
  readonly gradients: NamedTensorMap;
}

/** Forward and backward pass over one batch. Loss and accuracy are read from the backend together. */
export async function computeGradients(
  tf: Tf,
  network: Network,
  pictures: Tensor4D,
  labels: Tensor1D,
): Promise<StepGradients> {
  let measured: Tensor | undefined;
  const { value, grads } = tf.variableGrads(
    () => {
      const logits = forward(tf, network, pictures);
      const loss = crossEntropy(tf, logits, labels);
      measured = tf.keep(tf.stack([loss, correctCount(tf, logits, labels)]));
      return loss as never;
    },
    network.parameters.map(({ variable }) => variable),
  );
  value.dispose();
  const gradients: NamedTensorMap = {};
  for (const { name, variable } of network.parameters) gradients[name] = grads[variable.name]!;
  const [loss, correct] = await measured!.data();
  measured!.dispose();
  return { loss: loss!, accuracy: correct! / labels.shape[0], gradients };
}

/**
 * Finds the first number that is not finite for a batch whose loss is not: in the weights, then in each layer's output in
 * the order of the forward pass.
 */
export async function findNonFinite(tf: Tf, network: Network, pictures: Tensor4D): Promise<string> {
  const allFinite = async (tensor: Tensor) => ((await tensor.data()) as Float32Array).every(Number.isFinite);
  for (const { name, variable } of network.parameters) {
    if (!(await allFinite(variable))) return `${name} (a weight)`;
  }
  const readings: { layer: string; preactivation: Tensor }[] = [];
  const logits = tf.tidy(() =>
    forward(tf, network, pictures, {
      read: ({ layer, preactivation }) =>
        readings.push({ layer: layer.name, preactivation: tf.keep(preactivation) }),
    }),
  );
  let found: string | undefined;
  for (const { layer, preactivation } of readings) {
    if (found === undefined && !(await allFinite(preactivation))) found = `the output of ${layer}`;
    preactivation.dispose();
  }
  if (found === undefined && !(await allFinite(logits))) found = 'the logits';
  logits.dispose();
  return found ?? 'the loss alone';
}
