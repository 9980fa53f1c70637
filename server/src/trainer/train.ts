/** One training run, from the flags to the last record. */
import { createHparamsEnd, createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { markdownTable } from '@convscope/shared/event-log/run-markdown.js';
import { type RunConfig, SCALAR_TAGS } from '@convscope/shared/run-description.js';
import {
  RUN_END_TAG,
  RUN_START_TAG,
  type RunEnd,
  type RunEndReason,
  type RunStart,
} from '@convscope/shared/run-record.js';
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { createRunLog, wallTime } from '../writer/run-log.js';
import type { RunWriter } from '../writer/run-writer.js';
import { CAPTURE_SHARE } from './capture/capture-schedule.js';
import { createTap } from './capture/tap.js';
import { createAssembler, createEpochs } from './data/batches.js';
import { loadData } from './data/load-data.js';
import { chooseProbes } from './data/probes.js';
import type { TrainingData } from './data/training-data.js';
import { describeEnvironment } from './environment.js';
import { describeModel, modelNamed } from './net/models.js';
import { createNetwork } from './net/network.js';
import { createOptimizer } from './net/optimizer.js';
import { saveWeights } from './net/weights-file.js';
import { learningRate, type TrainOptions } from './options.js';
import type { TrainHooks } from './progress.js';
import { createRandom } from './random.js';
import { runTraining, type TrainingRun } from './training-loop.js';

export interface TrainResult {
  readonly reason: RunEndReason;
  /** For `failed`: what, where, and what to do. */
  readonly error?: string;
  /** Completed updates. */
  readonly steps: number;
  /** Of the last evaluation; with its step, since an interrupted run may have none of its last step. */
  readonly test?: { readonly step: number; readonly loss: number; readonly accuracy: number };
  readonly weights?: string;
  readonly seconds: number;
}

export interface TrainParts {
  /** Already loaded ones, where the caller has them. */
  readonly backend?: Backend;
  readonly data?: TrainingData;
}

/**
 * Trains and logs one run. Ends with `completed`, `interrupted` (the signal) or `failed` (a loss that is not
 * finite, or any error once the run has begun); each is the run's last record. The writer is left open: the
 * caller closes it.
 * @throws Error when the run cannot begin: no backend, no data, wrong data. Nothing is logged then.
 */
export async function train(
  options: TrainOptions,
  writer: RunWriter,
  hooks: TrainHooks,
  parts: TrainParts = {},
): Promise<TrainResult> {
  const prepare = (message: string, fraction: number) =>
    hooks.onProgress({
      phase: 'preparing',
      message,
      fraction,
      epoch: 0,
      epochs: options.epochs,
      step: 0,
      totalSteps: 0,
    });
  prepare('starting the backend', 0);
  const backend = parts.backend ?? (await loadBackend({ wanted: options.backend, threads: options.threads }));
  hooks.log(`Backend: ${backend.describe()}.`);
  const data =
    parts.data ??
    (await loadData({ data: options.data, seed: options.seed, signal: hooks.signal, onProgress: prepare }));
  const { tf } = backend;
  const { seed } = options;
  const network = createNetwork(tf, modelNamed(options.model), seed);
  const optimizer = createOptimizer(tf, network.parameters, options);
  const assembler = createAssembler(data, data.train.side);
  const epochs = createEpochs(data.train.labels.length, options.batch, createRandom(seed, 'shuffle'));
  const totalSteps = Math.min(
    options.steps ?? Number.POSITIVE_INFINITY,
    options.epochs * epochs.stepsPerEpoch,
  );
  const choice = chooseProbes(data);
  const log = createRunLog(writer);
  const tap = createTap(tf, network, writer, log, {
    choice,
    test: data.test,
    assembler,
    gradients: options.captureGradients,
  });

  const plan = {
    epochs: Math.ceil(totalSteps / epochs.stepsPerEpoch),
    stepsPerEpoch: epochs.stepsPerEpoch,
    totalSteps,
  };
  const config = describeConfig(options, data, backend);
  const start: RunStart = {
    version: 1,
    runUid: writer.runUid,
    name: options.name ?? options.model,
    config,
    environment: await describeEnvironment(backend),
    data: {
      name: data.name,
      synthetic: data.synthetic,
      classes: data.classes,
      trainPictures: data.train.labels.length,
      testPictures: data.test.labels.length,
      mean: data.mean,
      std: data.std,
    },
    model: describeModel(network.model),
    probes: choice.probes,
    statisticsPictures: choice.statistics.length,
    plan,
  };
  log.record({ kind: 'run-start', tag: RUN_START_TAG, step: 0, wallTime: wallTime(), start });
  const metrics = [SCALAR_TAGS.testAccuracy, SCALAR_TAGS.testLoss];
  for (const record of createHparamsStart(config, metrics, writer.runUid, wallTime())) log.record(record);
  const rows = Object.entries({ ...config, ...start.environment });
  log.text('config', 0, markdownTable(rows.map(([name, value]) => [name, String(value)])));

  const run: TrainingRun = {
    options,
    backend,
    data,
    network,
    optimizer,
    assembler,
    epochs,
    plan,
    tap,
    writer,
    log,
    hooks,
  };
  const started = performance.now();
  try {
    const outcome = await runTraining(run);
    let { reason, error } = outcome;
    let weights: string | undefined;
    if (options.outputDirectory !== undefined) {
      try {
        weights = await saveWeights(network, options.outputDirectory, {
          format: 'pt',
          model: network.model.name,
          step: String(outcome.steps),
          runUid: writer.runUid,
        });
        hooks.log(`Weights: ${weights}`);
      } catch (failure) {
        const sentence = `The final weights could not be saved in ${options.outputDirectory}: ${messageOf(failure)}.`;
        hooks.log(sentence);
        error = error === undefined ? sentence : `${error} ${sentence}`;
        if (reason === 'completed') reason = 'failed';
      }
    }
    const seconds = (performance.now() - started) / 1000;
    const end: RunEnd = {
      version: 1,
      reason,
      ...(error === undefined ? {} : { error }),
      seconds,
      ...(weights === undefined ? {} : { weights }),
    };
    log.record(createHparamsEnd(reason === 'failed' ? 'failure' : 'success', wallTime()));
    log.record({ kind: 'run-end', tag: RUN_END_TAG, step: outcome.steps, wallTime: wallTime(), end });
    return {
      reason,
      ...(error === undefined ? {} : { error }),
      steps: outcome.steps,
      ...(outcome.test === undefined ? {} : { test: outcome.test }),
      ...(weights === undefined ? {} : { weights }),
      seconds,
    };
  } finally {
    tap.dispose();
    optimizer.dispose();
    network.dispose();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Flat, for tables and TensorBoard's hparams. */
function describeConfig(options: TrainOptions, data: TrainingData, backend: Backend): RunConfig {
  return {
    model: options.model,
    data: data.name,
    synthetic: data.synthetic,
    epochs: options.epochs,
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    batch: options.batch,
    optimizer: options.optimizer,
    lr: learningRate(options),
    ...(options.optimizer === 'sgd' ? { momentum: options.momentum } : {}),
    weightDecay: options.weightDecay,
    schedule: options.schedule,
    augmentation: 'crop (padding 4) and mirror',
    seed: options.seed,
    backend: backend.name,
    ...(backend.threads === undefined ? {} : { threads: backend.threads }),
    captureEvery: options.captureEvery,
    ...(options.captureEvery === 'auto' ? { captureBudget: CAPTURE_SHARE } : {}),
    captureGradients: options.captureGradients,
  };
}
