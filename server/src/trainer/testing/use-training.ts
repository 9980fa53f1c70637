/** Training in tests, in this process, on real pictures from the fixtures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { Backend, BackendName } from '../../tfjs/backend.js';
import type { TrainingData } from '../data/training-data.js';
import { type TrainOptions, trainOptions } from '../options.js';
import { prepareRun } from '../prepare-run.js';
import type { TrainProgress } from '../progress.js';
import { type TrainResult, train } from '../train.js';
import { type MemoryWriter, memoryWriter } from './memory-writer.js';

export const SUBSET = fileURLToPath(new URL('../fixtures/cifar10-subset', import.meta.url));

interface Run {
  writer: MemoryWriter;
  result: TrainResult;
  lines: string[];
  progress: TrainProgress[];
}

interface RunOptions {
  readonly signal?: AbortSignal;
  /** The fixtures, if not given. */
  readonly data?: TrainingData;
  readonly onProgress?: (progress: TrainProgress) => void;
}

interface TestTraining {
  readonly backend: Backend;
  /** Is empty at first, and removed after the tests. */
  readonly folder: string;
  run(options: Partial<TrainOptions>, given?: RunOptions): Promise<Run>;
}

/** Loads the backend before the tests. */
export function useTraining(name: BackendName, threads: number): TestTraining {
  let loaded: { readonly backend: Backend; readonly data: TrainingData; readonly folder: string };

  beforeAll(async () => {
    const options = trainOptions.parse({ backend: name, threads, data: SUBSET });
    const hooks = { signal: new AbortController().signal, onProgress: () => {}, log: () => {} };
    const { backend, data } = await prepareRun(options, hooks);
    loaded = { backend, data, folder: await mkdtemp(join(tmpdir(), 'convscope-train-')) };
  });
  afterAll(() => rm(loaded.folder, { recursive: true, force: true }));

  return {
    get backend() {
      return loaded.backend;
    },
    get folder() {
      return loaded.folder;
    },
    async run(options, { signal = new AbortController().signal, data = loaded.data, onProgress } = {}) {
      const writer = memoryWriter();
      const lines: string[] = [];
      const progress: TrainProgress[] = [];
      const parsed = trainOptions.parse({ batch: 16, model: 'lenet', captureEvery: 0, ...options });
      const result = await train(parsed, { backend: loaded.backend, data }, writer, {
        signal,
        onProgress(entry) {
          progress.push(entry);
          onProgress?.(entry);
        },
        log: (line) => void lines.push(line),
      });
      return { writer, result, lines, progress };
    },
  };
}
