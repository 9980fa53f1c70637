/** `convscope train` as a real process with its children, in a folder of its own, for tests that end it in every way. */
import { join } from 'node:path';
import type { TestProcess } from '../../testing/process.js';
import { PICTURES, startCommand, type TestFolder, testFolder } from '../../testing/product.js';
import { readRunLog } from '../../testing/run-log.js';
import { until } from '../../testing/until.js';

export interface Launched extends TestProcess {
  readonly folder: TestFolder;
  readonly runDirectory: string;
  /** Resolves once the run's log holds so many steps. */
  logs(steps: number): Promise<void>;
}

/** Trains on a few real pictures, on one wasm thread, until it is ended. */
export function launch(args: readonly string[] = []): Launched {
  const folder = testFolder();
  const quick = ['--backend', 'wasm', '--threads', '1', '--batch', '16', '--capture-every', '10'];
  const started = startCommand(folder, 'train', ['--name', 'r', '--data', PICTURES, ...quick, ...args]);
  const runDirectory = join(folder.logdir, 'r');
  return {
    ...started,
    folder,
    runDirectory,
    logs: (steps) => until(() => readRunLog(runDirectory).steps.length >= steps, started.output),
  };
}
