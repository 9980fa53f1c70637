/** `convscope train` as a real process with its children, in a folder of its own, for tests that end it in every way. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
export function launchTraining(args: readonly string[] = []): Launched {
  return launch(args, testFolder());
}

/** The same processes with steps that compute nothing: see stand-in-training.cjs. */
export function launchStandIn(args: readonly string[] = []): Launched {
  const folder = testFolder();
  return launch(args, { ...folder, env: withStandInTraining(folder.env) });
}

/** The environment in which the training process computes nothing. */
export function withStandInTraining(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const preload = `--require=${JSON.stringify(fileURLToPath(new URL('./stand-in-training.cjs', import.meta.url)))}`;
  return { ...env, NODE_OPTIONS: [env['NODE_OPTIONS'], preload].filter(Boolean).join(' ') };
}

function launch(args: readonly string[], folder: TestFolder): Launched {
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
