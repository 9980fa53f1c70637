import { histogramOf } from '@convscope/shared/event-log/histogram.js';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../tfjs/backend.js';
import { createRunLog } from '../../writer/run-log.js';
import { modelNamed } from '../net/models.js';
import { createNetwork } from '../net/network.js';
import { memoryWriter } from '../testing/memory-writer.js';
import { logWeightHistograms, WEIGHT_HISTOGRAM_TAG } from './layer-measures.js';

describe('the histogram of a layer', () => {
  it('is what the checked implementation makes of the weights, constant ones included', async () => {
    const { tf } = await loadBackend({ wanted: 'wasm', threads: 1 });
    const before = tf.memory().numTensors;
    const network = createNetwork(tf, modelNamed('convnet'), 1);
    const [constant, drawn] = network.parameters.filter(({ name }) => name.endsWith('.weight'));
    tf.tidy(() => constant!.variable.assign(tf.fill([...constant!.shape], 2.5)));
    const writer = memoryWriter();
    await logWeightHistograms(network, createRunLog(writer), 3);

    const count = constant!.shape.reduce((a, b) => a * b, 1);
    const [logged] = writer.of('histogram', `${WEIGHT_HISTOGRAM_TAG}/${constant!.layer}`);
    expect(logged!.buckets).toEqual(histogramOf(new Float32Array(count).fill(2.5)));
    // As TensorBoard's fixture for a constant has it: thirty buckets, every count in the last.
    expect(logged!.buckets).toHaveLength(90);
    expect([...logged!.buckets.subarray(87)]).toEqual([2.5, 2.5, count]);

    const values = (await drawn!.variable.data()) as Float32Array;
    const [other] = writer.of('histogram', `${WEIGHT_HISTOGRAM_TAG}/${drawn!.layer}`);
    expect(other!.buckets).toEqual(histogramOf(values));
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
