/** The training loop: batches, updates, captures, evaluations, and when to stop. */
import { messageOf } from '@convscope/shared/message-of.js';
import { CONFUSION_MATRIX_TAG, SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { RunEndReason } from '@convscope/shared/run-record.js';
import type { Backend } from '../tfjs/backend.js';
import type { RunLog } from '../writer/run-log.js';
import type { RunWriter } from '../writer/run-writer.js';
import { type CaptureSchedule, createCaptureSchedule } from './capture/capture-schedule.js';
import { type CaptureTimes, type CostMeter, createCostMeter } from './capture/cost-meter.js';
import { logWeightHistograms, measuredUpdate } from './capture/layer-measures.js';
import type { Tap } from './capture/tap.js';
import type { TopPicturesKeeper } from './capture/top-pictures-keeper.js';
import { type BatchAssembler, type createEpochs, pictureTensor } from './data/batches.js';
import type { TrainingData } from './data/training-data.js';
import { type Evaluation, evaluate } from './evaluate.js';
import type { Network } from './net/network.js';
import type { Optimizer } from './net/optimizer.js';
import { learningRate, type TrainOptions } from './options.js';
import { createPictureRequests } from './picture-requests.js';
import type { TrainHooks, TrainProgress } from './progress.js';
import { createRandom } from './random.js';
import { createRequestDesk, type RequestDesk } from './request-desk.js';
import { scheduledRate } from './schedule.js';
import { scheduleSettings } from './schedule-settings.js';
import { createSystemUsage } from './system-usage.js';
import { computeGradients, findNonFinite } from './training-step.js';

/**
 * After Ctrl-C everything has to end within three seconds. The last evaluation is made only when the one before took less
 * than this, and is aborted when it takes longer.
 */
const INTERRUPTED_EVALUATION_MS = 1000;

export interface TrainingRun {
  readonly options: TrainOptions;
  readonly backend: Backend;
  readonly data: TrainingData;
  readonly network: Network;
  readonly optimizer: Optimizer;
  readonly assembler: BatchAssembler;
  readonly epochs: ReturnType<typeof createEpochs>;
  readonly plan: { readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number };
  readonly tap: Tap;
  readonly topPictures: TopPicturesKeeper;
  readonly writer: RunWriter;
  readonly log: RunLog;
  readonly hooks: TrainHooks;
}

export interface TrainingOutcome {
  readonly reason: RunEndReason;
  readonly error?: string;
  readonly steps: number;
  readonly test?: { readonly step: number; readonly loss: number; readonly accuracy: number };
}

interface State {
  /** Completed updates. */
  step: number;
  lastCapture: number;
  /** CPU time that the writer's thread had spent on maps at the last capture, in milliseconds. */
  mapsCpu: number;
  test?: { step: number; loss: number; accuracy: number };
  evaluation?: Evaluation;
}

/** When captures are made, what they cost, and what viewers ask. */
interface Captures {
  readonly schedule: CaptureSchedule;
  readonly meter: CostMeter;
  readonly desk: RequestDesk;
}

/** Trains until the plan is complete, the signal is aborted or an error occurs. Never throws. */
export async function runTraining(run: TrainingRun): Promise<TrainingOutcome> {
  const { hooks, plan } = run;
  const state: State = { step: 0, lastCapture: -1, mapsCpu: 0 };
  const { options, tap } = run;
  const settings = {
    every: options.captureEvery,
    at: options.captureAt,
    layers: null,
    gradients: options.captureGradients,
    budget: options.captureBudget,
    paused: false,
  };
  const schedule = createCaptureSchedule({
    settings: scheduleSettings(settings, tap),
    stepsPerEpoch: plan.stepsPerEpoch,
    totalSteps: plan.totalSteps,
  });
  const meter = createCostMeter();
  const desk = createRequestDesk({
    viewers: run.writer.viewers,
    schedule,
    settings,
    stepsPerEpoch: plan.stepsPerEpoch,
    tap,
    meter,
    pictures: createPictureRequests({
      tf: run.backend.tf,
      network: run.network,
      assembler: run.assembler,
      data: run.data,
      log: run.log,
      forwardMilliseconds: () =>
        state.evaluation && state.evaluation.milliseconds / run.data.test.labels.length,
      stepMilliseconds: schedule.stepMilliseconds,
      charge: schedule.charge,
    }),
    data: run.data,
    log: run.log,
    signal: hooks.signal,
    capture: () => captureNow(run, state, captures),
  });
  const captures: Captures = { schedule, meter, desk };
  let reason: RunEndReason = 'completed';
  let error: string | undefined;
  try {
    await captureIfDue(run, state, captures);
    await evaluateNow(run, state, captures, hooks.signal);
    desk.evaluatedFirst(state.step);
    error = await trainSteps(run, state, captures);
    if (error !== undefined) reason = 'failed';
    else if (hooks.signal.aborted) reason = 'interrupted';
    await finish(run, state, captures);
  } catch (failure) {
    reason = 'failed';
    const message = messageOf(failure);
    error ??= `Training stopped at step ${state.step}: ${message}`;
  }
  desk.end('Training has ended.');
  if (error !== undefined) hooks.log(error);
  return {
    reason,
    ...(error === undefined ? {} : { error }),
    steps: state.step,
    ...(state.test === undefined ? {} : { test: state.test }),
  };
}

/** Runs updates until the plan is complete or the signal is aborted. Returns a sentence when the loss is not finite. */
async function trainSteps(run: TrainingRun, state: State, captures: Captures): Promise<string | undefined> {
  const { options, network, optimizer, data, log, hooks, plan, epochs } = run;
  const { tf } = run.backend;
  const augment = createRandom(options.seed, 'augmentation');
  const usage = createSystemUsage();
  const base = learningRate(options, data);
  let speed: number | undefined;
  while (state.step < plan.totalSteps && !hooks.signal.aborted) {
    const { step } = state;
    const started = performance.now();
    const indices = epochs.next();
    const pictures = pictureTensor(tf, run.assembler, data.train, indices, augment);
    const labels = tf.tensor1d(
      Int32Array.from(indices, (index) => data.train.labels[index]!),
      'int32',
    );
    const { loss, accuracy, gradients } = await computeGradients(tf, network, pictures, labels);
    log.scalar(SCALAR_TAGS.trainLoss, step, loss);
    log.scalar(SCALAR_TAGS.trainAccuracy, step, accuracy);
    if (!Number.isFinite(loss)) {
      const where = await findNonFinite(tf, network, pictures);
      tf.dispose([pictures, labels, gradients]);
      return `The loss became ${loss} at step ${step}; the first non-finite value is in ${where}. A smaller --lr (now ${base}) usually helps.`;
    }
    const rate = scheduledRate(options.schedule, base, step, plan.totalSteps);
    const update = () => optimizer.apply(gradients, rate);
    const done = step + 1;
    const evaluates = done % plan.stepsPerEpoch === 0 || done === plan.totalSteps;
    if (evaluates || done === 1) await measuredUpdate(tf, network, gradients, update, log, done);
    else update();
    tf.dispose([pictures, labels, gradients]);
    state.step = done;

    const milliseconds = performance.now() - started;
    captures.schedule.stepTook(milliseconds);
    run.topPictures.stepTook(milliseconds);
    const imagesPerSecond = (1000 * indices.length) / milliseconds;
    log.scalar(SCALAR_TAGS.learningRate, step, rate);
    log.scalar(SCALAR_TAGS.stepMilliseconds, step, milliseconds);
    log.scalar(SCALAR_TAGS.imagesPerSecond, step, imagesPerSecond);
    speed = speed === undefined ? imagesPerSecond : 0.9 * speed + 0.1 * imagesPerSecond;
    const used = usage();
    if (used !== undefined) {
      log.scalar(SCALAR_TAGS.processCpu, step, used.cpuPercent);
      log.scalar(SCALAR_TAGS.processMemory, step, used.memoryMb);
    }
    hooks.onProgress({
      ...progress(run, state, 'training'),
      loss,
      accuracy,
      imagesPerSecond: speed,
      secondsLeft: ((plan.totalSteps - done) * indices.length) / speed,
    });
    await captureIfDue(run, state, captures);
    if (evaluates && done < plan.totalSteps) await evaluateNow(run, state, captures, hooks.signal);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** The last capture, the last evaluation, the confusion matrix. */
async function finish(run: TrainingRun, state: State, captures: Captures): Promise<void> {
  const { signal } = run.hooks;
  run.hooks.onProgress(progress(run, state, 'ending'));
  if (captures.schedule.every() > 0 && state.lastCapture !== state.step)
    await captureNow(run, state, captures);
  if (signal.aborted) {
    const fast = state.evaluation !== undefined && state.evaluation.milliseconds < INTERRUPTED_EVALUATION_MS;
    if (fast) await evaluateNow(run, state, captures, AbortSignal.timeout(INTERRUPTED_EVALUATION_MS), true);
    else
      run.hooks.log(
        `Interrupted: the test set was not evaluated at step ${state.step}, because that takes too long.`,
      );
  } else if (state.test?.step !== state.step) await evaluateNow(run, state, captures, signal, true);
  if (state.evaluation !== undefined && state.test?.step === state.step) {
    const classes = run.data.classes.length;
    run.log.tensor(CONFUSION_MATRIX_TAG, state.step, 'int32', [classes, classes], state.evaluation.confusion);
  }
}

async function evaluateNow(
  run: TrainingRun,
  state: State,
  captures: Captures,
  signal: AbortSignal,
  isLast = false,
): Promise<void> {
  const { log, data, network, topPictures } = run;
  run.hooks.onProgress(progress(run, state, 'evaluating'));
  const { tf } = run.backend;
  const { step } = state;
  const most = run.hooks.signal.aborted ? INTERRUPTED_EVALUATION_MS : undefined;
  const search = topPictures.searchFor(captures.desk.settings(), step, isLast, most);
  const classes = data.classes.length;
  const evaluated = evaluate(tf, network, data.test, run.assembler, classes, signal, search);
  const evaluation = await evaluated.finally(() => search?.dispose());
  if (evaluation !== undefined) {
    const { loss, accuracy, milliseconds } = evaluation;
    state.evaluation = evaluation;
    state.test = { step, loss, accuracy };
    log.scalar(SCALAR_TAGS.testLoss, step, loss);
    log.scalar(SCALAR_TAGS.testAccuracy, step, accuracy);
    await logWeightHistograms(network, log, step);
    if (search === undefined) topPictures.evaluated(milliseconds);
    else {
      const cost = topPictures.keep(search, step, milliseconds, isLast);
      captures.schedule.charge(cost);
      log.scalar(SCALAR_TAGS.topPicturesMilliseconds, step, cost);
    }
  }
}

async function captureIfDue(run: TrainingRun, state: State, captures: Captures): Promise<void> {
  await captures.desk.attend(state.step);
  if (captures.schedule.isDue(state.step) || captures.desk.wantsCapture(state.step))
    await captureNow(run, state, captures);
}

async function captureNow(run: TrainingRun, state: State, captures: Captures): Promise<CaptureTimes> {
  const { log, tap, writer } = run;
  const { schedule, meter, desk } = captures;
  const { step } = state;
  const times = await tap.capture(step);
  const { total: milliseconds } = times;
  log.scalar(SCALAR_TAGS.captureMilliseconds, step, milliseconds);
  const { mapsCpuMilliseconds, captureStretch } = writer.status();
  // The writer's thread takes a core or at least memory bandwidth from training, so its work counts as cost. What it did
  // since the last capture was for that capture; this one has only been handed over.
  const writing = mapsCpuMilliseconds - state.mapsCpu;
  schedule.captured(step, milliseconds + writing, captureStretch);
  meter.add(times, writing);
  desk.logEvery(step);
  const share = schedule.share();
  if (share !== undefined) log.scalar(SCALAR_TAGS.captureShare, step, share);
  state.lastCapture = step;
  state.mapsCpu = mapsCpuMilliseconds;
  desk.captured(step, times);
  return times;
}

function progress({ plan }: TrainingRun, state: State, phase: TrainProgress['phase']): TrainProgress {
  return {
    phase,
    epoch: Math.min(plan.epochs, 1 + Math.floor(state.step / plan.stepsPerEpoch)),
    epochs: plan.epochs,
    step: state.step,
    totalSteps: plan.totalSteps,
    ...(state.test === undefined ? {} : { testAccuracy: state.test.accuracy }),
  };
}
