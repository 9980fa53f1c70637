/** One training run, from its first record to its last. */

import { createHparamsEnd, createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { markdownTable } from '@convscope/shared/event-log/run-markdown.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { type RunConfig, SCALAR_TAGS } from '@convscope/shared/run-description.js';
import {
  RUN_END_TAG,
  RUN_START_TAG,
  type RunEnd,
  type RunEndReason,
  type RunStart,
} from '@convscope/shared/run-record.js';
import type { Backend } from '../tfjs/backend.js';
import { createRunLog, wallTime } from '../writer/run-log.js';
import type { RunWriter } from '../writer/run-writer.js';
import { createTap } from './capture/tap.js';
import { createTopPicturesKeeper } from './capture/top-pictures-keeper.js';
import { createAssembler, createEpochs } from './data/batches.js';
import { chooseProbes } from './data/probes.js';
import type { TrainingData } from './data/training-data.js';
import { describeEnvironment } from './environment.js';
import { describeModel } from './net/describe-model.js';
import { modelNamed } from './net/models.js';
import { createNetwork } from './net/network.js';
import { createOptimizer } from './net/optimizer.js';
import { saveWeights } from './net/weights-file.js';
import { learningRate, type TrainOptions } from './options.js';
import type { PreparedRun } from './prepare-run.js';
import type { TrainHooks } from './progress.js';
import { createRandom } from './random.js';
import { runTraining, type TrainingRun } from './training-loop.js';

export interface TrainResult {
  readonly reason: RunEndReason;
  /** What went wrong, where, and what to do. */
  readonly error?: string;
  /** Completed updates. */
  readonly steps: number;
  /** The last evaluation. An interrupted run may not have evaluated its last step. */
  readonly test?: { readonly step: number; readonly loss: number; readonly accuracy: number };
  readonly weights?: string;
  readonly seconds: number;
}

/**
 * Trains and logs one run. Its last record says how it ended: `completed`, `interrupted` (by the signal) or `failed` (the
 * loss is not finite, or an error was thrown). The caller closes the writer.
 */
export async function train(
  options: TrainOptions,
  { backend, data }: PreparedRun,
  writer: RunWriter,
  hooks: TrainHooks,
): Promise<TrainResult> {
  hooks.log(`Backend: ${backend.describe()}.`);
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
  const tap = createTap(tf, network, log, {
    choice,
    test: data.test,
    classes: data.classes,
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
    topPictures: createTopPicturesKeeper(tf, log, data.test),
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

/** The flags and what they led to, flat: for tables and TensorBoard's hparams. */
function describeConfig(options: TrainOptions, data: TrainingData, backend: Backend): RunConfig {
  return {
    model: options.model,
    data: data.name,
    synthetic: data.synthetic,
    epochs: options.epochs,
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    batch: options.batch,
    optimizer: options.optimizer,
    lr: learningRate(options, data),
    ...(options.optimizer === 'sgd' ? { momentum: options.momentum } : {}),
    weightDecay: options.weightDecay,
    schedule: options.schedule,
    augmentation: 'crop (padding 4) and mirror',
    seed: options.seed,
    backend: backend.name,
    ...(backend.threads === undefined ? {} : { threads: backend.threads }),
    captureEvery: options.captureEvery,
    ...(options.captureAt === '' ? {} : { captureAt: options.captureAt }),
    ...(options.captureEvery === 'auto' ? { captureBudget: options.captureBudget / 100 } : {}),
    captureGradients: options.captureGradients,
  };
}
