/** What training has to log on every backend, and how it ends. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  biasTag,
  CONFUSION_MATRIX_TAG,
  PROBE_INPUT_TAG,
  PROBE_PICTURES_TAG,
  PROBE_PREDICTIONS_TAG,
  SCALAR_TAGS,
  weightTag,
} from '@convscope/shared/run-description.js';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../tfjs/backend.js';
import { syntheticData } from '../data/synthetic-data.js';
import { useTraining } from './use-training.js';

/** Tests of training that every backend must pass, with real pictures from the fixtures. */
export function describeTraining(name: BackendName, threads: number): void {
  describe(`training on ${name}`, () => {
    const training = useTraining(name, threads);
    const { run } = training;
    const small = syntheticData(1, 64, 32);

    it('logs every record of a run, each at its steps', async () => {
      const { writer, result } = await run({
        steps: 12,
        captureEvery: 5,
        captureGradients: true,
        outputDirectory: training.folder,
        name: 'records',
      });
      expect(result).toMatchObject({ reason: 'completed', steps: 12, test: { step: 12 } });

      const start = writer.of('run-start')[0]!.start;
      expect(writer.records[0]!.kind).toBe('run-start');
      expect(start).toMatchObject({
        runUid: writer.runUid,
        name: 'records',
        config: {
          model: 'lenet',
          optimizer: 'sgd',
          lr: 0.05,
          momentum: 0.9,
          batch: 16,
          seed: 1,
          backend: name,
        },
        data: { synthetic: false, trainPictures: 400, testPictures: 200 },
        statisticsPictures: 64,
        plan: { stepsPerEpoch: 25, totalSteps: 12 },
      });
      for (const key of ['node', 'tfjs', 'backend', 'library', 'host', 'commandLine'])
        expect(start.environment[key]).toBeTruthy();
      expect(new Set(start.probes.map(({ label }) => label)).size).toBe(8);

      const everyStep = Array.from({ length: 12 }, (_, step) => step);
      for (const key of [
        'trainLoss',
        'trainAccuracy',
        'learningRate',
        'imagesPerSecond',
        'stepMilliseconds',
      ] as const) {
        expect([...writer.scalars(SCALAR_TAGS[key]).keys()]).toEqual(everyStep);
      }
      expect([...writer.scalars(SCALAR_TAGS.testLoss).keys()]).toEqual([0, 12]);
      expect([...writer.scalars(SCALAR_TAGS.testAccuracy).keys()]).toEqual([0, 12]);
      const captures = [0, 5, 10, 12];
      for (const key of ['captureMilliseconds', 'captureEvery', 'captureBudget'] as const) {
        expect([...writer.scalars(SCALAR_TAGS[key]).keys()]).toEqual(captures);
      }
      // Before the first step there is no training time.
      expect([...writer.scalars(SCALAR_TAGS.captureShare).keys()]).toEqual(captures.slice(1));
      expect(writer.of('scalar', SCALAR_TAGS.processCpu).length).toBeGreaterThan(0);
      expect(writer.of('scalar', SCALAR_TAGS.processMemory)[0]!.value).toBeGreaterThan(10);

      for (const layer of ['conv1', 'conv2', 'fc1', 'fc2', 'fc3']) {
        expect([...writer.scalars(`${SCALAR_TAGS.gradientNorm}/${layer}`).keys()]).toEqual([1, 12]);
        expect([...writer.scalars(`${SCALAR_TAGS.updateRatio}/${layer}`).keys()]).toEqual([1, 12]);
        expect(writer.of('histogram', `weight_histogram/${layer}`).map(({ step }) => step)).toEqual([0, 12]);
        expect(writer.of('histogram', `gradient_histogram/${layer}`).map(({ step }) => step)).toEqual([
          1, 12,
        ]);
      }
      const shapes = { conv1: [6, 3, 3, 3], conv2: [16, 6, 5, 5] };
      const sizes = { conv1: [8, 30, 30, 6], conv2: [8, 11, 11, 16] };
      for (const layer of ['conv1', 'conv2'] as const) {
        expect(writer.of('tensor', weightTag(layer)).map(({ step, shape }) => [step, shape])).toEqual(
          captures.map((step) => [step, shapes[layer]]),
        );
        expect(writer.of('tensor', biasTag(layer)).map(({ shape }) => shape)).toEqual(
          captures.map(() => [shapes[layer][0]]),
        );
        for (const role of ['preactivation', 'gradient']) {
          const found = writer.maps.filter(({ tag }) => tag === `${layer}/${role}`);
          expect(found.map(({ step }) => step)).toEqual(captures);
          for (const maps of found) {
            expect([maps.pictures, maps.height, maps.width, maps.channels]).toEqual(sizes[layer]);
            expect(maps.values.length).toBe(sizes[layer].reduce((a, b) => a * b, 1));
            expect(maps.probes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
            expect(maps.statistics!.pictures).toBe(role === 'gradient' ? 8 : 64);
          }
        }
      }
      expect(writer.maps.filter(({ role }) => role === 'input')).toEqual([]);
      expect(writer.of('tensor', PROBE_INPUT_TAG)).toMatchObject([{ step: 0, shape: [8, 3, 32, 32] }]);
      expect(writer.of('image', PROBE_PICTURES_TAG)[0]!.images).toHaveLength(8);
      for (const { values, shape } of writer.of('tensor', PROBE_PREDICTIONS_TAG)) {
        expect(shape).toEqual([8, 10]);
        for (let probe = 0; probe < 8; probe++) {
          const row = Array.from(values!).slice(10 * probe, 10 * probe + 10);
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
        }
      }
      const confusion = writer.of('tensor', CONFUSION_MATRIX_TAG)[0]!;
      expect(confusion).toMatchObject({ step: 12, dtype: 'int32', shape: [10, 10] });
      for (let row = 0; row < 10; row++) {
        const counts = Array.from(confusion.values!).slice(10 * row, 10 * row + 10);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(20);
      }
      const diagonal = everyStep.slice(0, 10).reduce((sum, i) => sum + confusion.values![11 * i]!, 0);
      expect(diagonal / 200).toBeCloseTo(result.test!.accuracy, 6);
      expect(writer.of('hparams').map(({ part }) => part)).toEqual([
        'experiment',
        'session-start',
        'session-end',
      ]);
      expect(writer.of('text', 'config')[0]!.strings[0]).toContain('| model | lenet |');
      expect(writer.records.at(-1)).toMatchObject({
        kind: 'run-end',
        step: 12,
        end: { reason: 'completed', weights: join(training.folder, 'weights.safetensors') },
      });
      expect(await readdir(training.folder)).toEqual(['weights.safetensors']);
    });

    it('gives the same weights, bit for bit, for the same seed, and others for another', async () => {
      const weights = async (seed: number) => {
        const { writer } = await run({ steps: 20, seed, captureEvery: 20 });
        return ['conv1', 'conv2'].map((layer) => [...writer.of('tensor', weightTag(layer)).at(-1)!.values!]);
      };
      const first = await weights(3);
      expect(await weights(3)).toEqual(first);
      expect(await weights(4)).not.toEqual(first);
    });

    it('captures the named steps, with the pictures that they show', async () => {
      const { writer } = await run({ steps: 10, captureAt: '3,6-8:2' }, { data: small });
      expect(writer.of('tensor', weightTag('conv1')).map(({ step }) => step)).toEqual([3, 6, 8]);
      expect(writer.of('tensor', PROBE_INPUT_TAG).map(({ step }) => step)).toEqual([3]);
      const { writer: none } = await run({ steps: 3 }, { data: small });
      expect(none.of('tensor', PROBE_INPUT_TAG)).toEqual([]);
    });

    it('trains the residual net and logs its sums as inputs', async () => {
      const { result, writer } = await run({ model: 'resnet8', steps: 2, captureEvery: 2 }, { data: small });
      expect(result.reason).toBe('completed');
      expect([...new Set(writer.maps.filter(({ role }) => role === 'input').map(({ tag }) => tag))]).toEqual([
        'block2_shortcut/input',
        'block3_shortcut/input',
      ]);
    });

    it('ends as interrupted on the signal, within a step, with its weights saved', async () => {
      const controller = new AbortController();
      const output = join(training.folder, 'interrupted');
      const { result, writer } = await run(
        { outputDirectory: output, captureEvery: 1000 },
        {
          signal: controller.signal,
          onProgress: ({ step }) => {
            if (step === 7) controller.abort();
          },
        },
      );
      expect(result).toMatchObject({
        reason: 'interrupted',
        steps: 7,
        weights: join(output, 'weights.safetensors'),
      });
      expect(writer.records.at(-1)).toMatchObject({
        kind: 'run-end',
        step: 7,
        end: { reason: 'interrupted' },
      });
      // The last weights are captured nevertheless.
      expect(writer.of('tensor', weightTag('conv1')).map(({ step }) => step)).toEqual([0, 7]);
    });

    it('ends as failed when the loss is no longer finite, and names the step and the layer', async () => {
      const { result, writer, lines } = await run({ lr: 1e12, steps: 50 });
      expect(result.reason).toBe('failed');
      expect(result.error).toMatch(
        /^The loss became (NaN|Infinity) at step \d+; the first non-finite value is in \S+ .*\. A smaller --lr \(now 1000000000000\) usually helps\.$|^The loss became (NaN|Infinity) at step \d+; the first non-finite value is in the (output of \w+|logits)\./,
      );
      expect(result.steps).toBeLessThan(50);
      expect(lines).toContain(result.error);
      expect(writer.records.at(-1)).toMatchObject({
        kind: 'run-end',
        end: { reason: 'failed', error: result.error },
      });
    });

    it('ends as failed with the error when something throws', async () => {
      const { result } = await run(
        { steps: 5 },
        {
          onProgress: ({ step }) => {
            if (step === 3) throw new Error('the terminal is gone');
          },
        },
      );
      expect(result).toMatchObject({
        reason: 'failed',
        steps: 3,
        error: 'Training stopped at step 3: the terminal is gone',
      });
    });
  });
}
