/** What training has to do over many steps on every backend. */
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../tfjs/backend.js';
import { syntheticData } from '../data/synthetic-data.js';
import { useTraining } from './use-training.js';

/** Tests of training over many steps that every backend must pass. */
export function describeLearning(name: BackendName, threads: number): void {
  describe(`learning on ${name}`, () => {
    const training = useTraining(name, threads);
    const { run } = training;

    it('learns: the loss on real pictures falls', async () => {
      const real = await run({ model: 'convnet', steps: 60, batch: 32, lr: 0.03 });
      const losses = [...real.writer.scalars(SCALAR_TAGS.testLoss).values()];
      expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.1);
    });

    it('classifies synthetic pictures at the default rate, and does not diverge long after it knows them by heart', async () => {
      const { result, writer } = await run(
        { model: 'lenet', steps: 400, batch: 32, seed: 3, schedule: 'constant' },
        { data: syntheticData(1, 1024, 256) },
      );
      // With the rate for CIFAR-10 it is no better than chance.
      expect(result.test!.accuracy).toBeGreaterThan(0.9);
      expect(Math.max(...writer.scalars(SCALAR_TAGS.trainLoss).values())).toBeLessThan(3);
      expect(writer.of('run-start')[0]!.start.data.synthetic).toBe(true);
    });

    it('leaves no tensor behind over hundreds of steps with captures, evaluations and gradients', async () => {
      const { tf } = training.backend;
      const counts: number[] = [];
      const before = tf.memory().numTensors;
      // An epoch, which ends with an evaluation, is 50 steps.
      const { result } = await run(
        { epochs: 1000, steps: 300, batch: 2, captureEvery: 20, captureGradients: true },
        {
          data: syntheticData(2, 100, 8),
          onProgress: ({ phase, step }) => {
            if (phase === 'training' && step % 30 === 1) counts.push(tf.memory().numTensors);
          },
        },
      );
      expect(result.steps).toBe(300);
      expect(counts).toHaveLength(10);
      expect(new Set(counts)).toEqual(new Set([counts[0]]));
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
