import type { ControlAnswer, ControlRequest } from '@convscope/shared/protocol/control.js';
import { expect } from 'vitest';
import type { Backend } from '../../tfjs/backend.js';
import type { TrainingData } from '../data/training-data.js';
import { type TrainOptions, trainOptions } from '../options.js';
import type { TrainProgress } from '../progress.js';
import { train } from '../train.js';
import { memoryWriter } from './memory-writer.js';

export type Ask = (request: ControlRequest) => Promise<ControlAnswer>;

/**
 * Trains a small net. `at` is called with the step that was just completed, and may ask. Expects that no tensor is left
 * behind.
 */
export async function askedTraining(
  backend: Backend,
  data: TrainingData,
  options: Partial<TrainOptions>,
  at: (step: number, ask: Ask, progress: TrainProgress) => void,
  signal = new AbortController().signal,
  writer = memoryWriter(),
) {
  const answers: ControlAnswer[] = [];
  const ask: Ask = (request) =>
    new Promise((resolve) => {
      writer.viewers.add({
        request,
        by: '192.0.2.1 (Firefox)',
        answer(answer) {
          answers.push(answer);
          resolve(answer);
        },
      });
    });
  const parsed = trainOptions.parse({ batch: 4, model: 'lenet', captureEvery: 0, steps: 12, ...options });
  const before = backend.tf.memory().numTensors;
  const result = await train(parsed, { backend, data }, writer, {
    signal,
    onProgress(progress) {
      if (progress.phase === 'training') at(progress.step, ask, progress);
    },
    log: () => undefined,
  });
  expect(backend.tf.memory().numTensors).toBe(before);
  const stepsOf = (tag: string) => writer.maps.filter((one) => one.tag === tag).map(({ step }) => step);
  return { writer, result, answers, stepsOf };
}
