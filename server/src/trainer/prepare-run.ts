/** Loads what a run needs before it can begin. */
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { loadData } from './data/load-data.js';
import type { TrainingData } from './data/training-data.js';
import type { TrainOptions } from './options.js';
import type { TrainHooks } from './progress.js';

export interface PreparedRun {
  readonly backend: Backend;
  readonly data: TrainingData;
}

/**
 * Starts the backend and loads the data. Call it before creating a writer, so that a run that cannot start leaves no log.
 * @throws Error when no backend starts, or the data cannot be fetched or read.
 */
export async function prepareRun(options: TrainOptions, hooks: TrainHooks): Promise<PreparedRun> {
  const onProgress = (message: string, fraction: number) =>
    hooks.onProgress({
      phase: 'preparing',
      message,
      fraction,
      epoch: 0,
      epochs: options.epochs,
      step: 0,
      totalSteps: 0,
    });
  onProgress('starting the backend', 0);
  const backend = await loadBackend({ wanted: options.backend, threads: options.threads });
  const { data, seed } = options;
  return { backend, data: await loadData({ data, seed, signal: hooks.signal, onProgress }) };
}
