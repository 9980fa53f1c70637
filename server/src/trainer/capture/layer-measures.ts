import { histogramOf } from '@convscope/shared/event-log/histogram.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { NamedTensorMap, Tensor, Tf } from '../../tfjs/tf.js';
import type { RunLog } from '../../writer/run-log.js';
import type { Network } from '../net/network.js';

/** Histogram tags, followed by `/${layer}`. */
export const WEIGHT_HISTOGRAM_TAG = 'weight_histogram';
export const GRADIENT_HISTOGRAM_TAG = 'gradient_histogram';

/** Logs the histogram of every layer's weights. */
export async function logWeightHistograms(network: Network, log: RunLog, step: number): Promise<void> {
  for (const { name, layer, variable } of network.parameters) {
    if (!name.endsWith('.weight')) continue;
    log.histogram(
      `${WEIGHT_HISTOGRAM_TAG}/${layer}`,
      step,
      histogramOf((await variable.data()) as Float32Array),
    );
  }
}

/**
 * Runs one update. Logs, per layer and at the step that it completes, the gradient's norm ‖(∂w, ∂b)‖₂, the histogram of ∂w,
 * and ‖Δw‖₂ / ‖w‖₂ of the weights.
 */
export async function measuredUpdate(
  tf: Tf,
  network: Network,
  gradients: NamedTensorMap,
  update: () => void,
  log: RunLog,
  step: number,
): Promise<void> {
  const weights = network.parameters.filter(({ name }) => name.endsWith('.weight'));
  // A clone shares its data with the variable. The update assigns new tensors, so the clone keeps the old values.
  const before = weights.map(({ variable }) => variable.clone());
  update();
  for (const [index, { layer, name, variable }] of weights.entries()) {
    const measures = tf.tidy(() => {
      const gradient = gradients[name]!;
      const bias = gradients[`${layer}.bias`]!;
      const norm = (tensor: Tensor) => tf.sqrt(tf.sum(tf.square(tensor)));
      return tf.stack([
        tf.sqrt(tf.add(tf.sum(tf.square(gradient)), tf.sum(tf.square(bias)))),
        tf.div(norm(tf.sub(variable, before[index]!)), norm(before[index]!)),
      ]);
    });
    const [gradientNorm, updateRatio] = await measures.data();
    measures.dispose();
    log.scalar(`${SCALAR_TAGS.gradientNorm}/${layer}`, step, gradientNorm!);
    log.scalar(`${SCALAR_TAGS.updateRatio}/${layer}`, step, updateRatio!);
    const values = (await gradients[name]!.data()) as Float32Array;
    log.histogram(`${GRADIENT_HISTOGRAM_TAG}/${layer}`, step, histogramOf(values));
  }
  tf.dispose(before);
}
