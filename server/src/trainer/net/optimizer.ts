/** PyTorch's update rules (torch.optim.SGD, Adam, AdamW with their defaults), on tfjs variables. */
import type { NamedTensorMap, Tensor, Tf, Variable } from '../../tfjs/tf.js';

export interface OptimizerOptions {
  readonly optimizer: 'sgd' | 'adam' | 'adamw';
  /** SGD only. */
  readonly momentum: number;
  /** Added to the gradient by SGD and Adam, subtracted from the weights by AdamW. */
  readonly weightDecay: number;
}

export interface Optimizer {
  /** Applies one update. `gradients` has the names of the parameters; the caller disposes of them. */
  apply(gradients: NamedTensorMap, learningRate: number): void;
  dispose(): void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

interface State {
  readonly variable: Variable;
  readonly moments: Variable[];
}

export function createOptimizer(
  tf: Tf,
  parameters: readonly { readonly name: string; readonly variable: Variable }[],
  options: OptimizerOptions,
): Optimizer {
  const slots = options.optimizer === 'sgd' ? (options.momentum > 0 ? 1 : 0) : 2;
  const states = new Map<string, State>(
    parameters.map(({ name, variable }) => [
      name,
      {
        variable,
        moments: Array.from({ length: slots }, () =>
          tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
        ),
      },
    ]),
  );
  let updates = 0;
  return {
    apply(gradients, learningRate) {
      updates++;
      for (const [name, { variable, moments }] of states) {
        const gradient = gradients[name];
        if (gradient === undefined) throw new Error(`The update has no gradient for ${name}.`);
        // Assign new tensors: the wasm backend caches packed weights by tensor and would not notice a change in place.
        tf.tidy(() => {
          variable.assign(
            options.optimizer === 'sgd'
              ? sgd(tf, variable, gradient, moments[0], learningRate, options)
              : adam(tf, variable, gradient, moments, learningRate, updates, options),
          );
        });
      }
    },
    dispose() {
      for (const { moments } of states.values()) for (const moment of moments) moment.dispose();
    },
  };
}

/** g ← g + λw; v ← μv + g; w ← w − ηv. PyTorch starts v at the first g, which μ·0 + g equals. */
function sgd(
  tf: Tf,
  weight: Tensor,
  gradient: Tensor,
  velocity: Variable | undefined,
  learningRate: number,
  { momentum, weightDecay }: OptimizerOptions,
): Tensor {
  const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
  if (velocity === undefined) return tf.sub(weight, tf.mul(decayed, learningRate));
  const next = tf.add(tf.mul(velocity, momentum), decayed);
  const updated = tf.sub(weight, tf.mul(next, learningRate));
  velocity.assign(next);
  return updated;
}

function adam(
  tf: Tf,
  weight: Tensor,
  gradient: Tensor,
  [first, second]: Variable[],
  learningRate: number,
  updates: number,
  { optimizer, weightDecay }: OptimizerOptions,
): Tensor {
  const coupled = optimizer === 'adam' && weightDecay !== 0;
  const g = coupled ? tf.add(gradient, tf.mul(weight, weightDecay)) : gradient;
  const shrunk =
    optimizer === 'adamw' && weightDecay !== 0 ? tf.mul(weight, 1 - learningRate * weightDecay) : weight;
  const m = tf.add(tf.mul(first!, BETA1), tf.mul(g, 1 - BETA1));
  const v = tf.add(tf.mul(second!, BETA2), tf.mul(tf.square(g), 1 - BETA2));
  const stepSize = learningRate / (1 - BETA1 ** updates);
  const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - BETA2 ** updates)), EPSILON);
  const updated = tf.sub(shrunk, tf.mul(tf.div(m, denominator), stepSize));
  first!.assign(m);
  second!.assign(v);
  return updated;
}
