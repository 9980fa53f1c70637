import type { Tensor, Tf } from '../../tfjs/tf.js';
import type { Network } from '../net/network.js';

/** The network as it is now: updates assign new tensors and leave those of this copy. The caller disposes of it. */
export function frozenNetwork(tf: Tf, network: Network): Network {
  const parameters = network.parameters.map((parameter) => ({
    ...parameter,
    variable: tf.tidy(() => tf.variable(tf.clone(parameter.variable as Tensor), false)),
  }));
  return {
    model: network.model,
    parameters,
    dispose() {
      for (const { variable } of parameters) variable.dispose();
    },
  };
}
