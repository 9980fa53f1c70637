/** The logs that the gallery shows. All values come from formulas and all times are fixed, so that pictures can be compared. */
import { appendFileSync, cpSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { RUN_END_TAG, type RunEnd, type RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { ROOT } from '../browser/support/convscope.js';
import { maps, range, scalar, scalars, writeLog } from '../browser/support/logs.js';
import { colourPng, images } from '../browser/support/pictures.js';

const WALL_TIME = 1_700_000_001;
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

/** Runs of a small sweep with all kinds of records, one that diverges, and one of torch with sounds and curves. */
export function writeUsualLogs(logdir: string): void {
  for (const [at, lr] of RATES.entries()) writeLog(logdir, `sweep/lr-${lr}`, sweepRun(at, lr));
  writeLog(logdir, 'diverged', divergedRun());
  cpSync(join(ROOT, 'scripts/browser/fixtures/writers/torch'), join(logdir, 'torch'), { recursive: true });
}

/** Runs of our own trainer that have ended, each in its own way, and one of torch that is being written. */
export function writeEndedLogs(logdir: string): void {
  for (const [at, [run, end]] of Object.entries(ENDS).entries()) {
    const startOf = runStartRecord(
      { name: run, config: { lr: 0.01 }, plan: { epochs: 2, stepsPerEpoch: 50, totalSteps: 100 } },
      WALL_TIME,
    );
    const last = WALL_TIME + 60;
    writeLog(logdir, run, [
      startOf,
      ...scalars('train/loss', range(0, 60), (step) => lossAt(step, at)),
      ...(end === undefined
        ? []
        : [{ kind: 'run-end', tag: RUN_END_TAG, step: 60, wallTime: last, end } satisfies RunRecord]),
    ]);
    // A file that was written just now would be one of a run that goes on.
    for (const file of readdirSync(join(logdir, run))) utimesSync(join(logdir, run, file), last, last);
  }
  const now = Date.now() / 1000;
  const training = scalars('loss/train', range(0, LAST_STEP), (step) => lossAt(step, 4));
  writeLog(
    logdir,
    TRAINING,
    training.map((record, step) => ({ ...record, wallTime: now - LAST_STEP + step })),
  );
  continueTraining(logdir);
}

const ENDS: Readonly<Record<string, RunEnd | undefined>> = {
  completed: { version: 1, reason: 'completed', seconds: 60 },
  failed: { version: 1, reason: 'failed', seconds: 60, error: 'The loss is not finite at step 60.' },
  interrupted: { version: 1, reason: 'interrupted', seconds: 60 },
  // Its process is gone, and nothing says why.
  silent: undefined,
};
const TRAINING = 'training';
export const ENDED_RUNS = Object.keys(ENDS).length + 1;
const LAST_STEP = 60;

/** Logs the same step once more, so that the run is being written and still looks the same. */
export function continueTraining(logdir: string, run = TRAINING, step = LAST_STEP): void {
  const [file = ''] = readdirSync(join(logdir, run)).filter((name) => name.includes('tfevents'));
  const record = { ...scalar('loss/train', step, lossAt(step, 4)), wallTime: Date.now() / 1000 };
  appendFileSync(join(logdir, run, file), encodeFrame(encodeEvent(record)));
}

export function writeManyLogs(logdir: string): void {
  for (let run = 0; run < 500; run++)
    writeLog(
      logdir,
      `many/run-${String(run).padStart(3, '0')}`,
      [0, 1, 2].flatMap((tag) =>
        scalars(`metric/${tag}`, range(0, 50), (step) => Math.exp(-step / (10 + run / 20)) + tag),
      ),
    );
}

/** A loss that falls, with ripples. */
function lossAt(step: number, at: number): number {
  return 2 * Math.exp(-step / (20 + 6 * at)) + 0.1 * at + 0.05 * Math.sin(step * 1.3 + at);
}

function sweepRun(at: number, lr: number): RunRecord[] {
  const steps = range(0, 200);
  return [
    ...createHparamsStart(
      { lr, optimizer: at % 2 === 0 ? 'adam' : 'sgd', batch: 32 * (1 + (at % 3)) },
      [],
      'group',
      WALL_TIME,
    ),
    ...scalars('loss/train', steps, (step) => lossAt(step, at)),
    ...scalars('loss/test', range(0, 200, 10), (step) => lossAt(step, at) + 0.15),
    ...scalars('accuracy/test', range(0, 200, 10), (step) => 1 - lossAt(step, at) / 3),
    ...scalars('system/gpu_util', steps, (step) => 80 + 10 * Math.sin(step / 7)),
    ...range(0, 5).flatMap((step) => [
      images('samples/input', step, colourPng(32, 32, 40 * step), colourPng(24, 32, 255 - 40 * step)),
      images('samples/output', step, colourPng(48, 32, 120 + 20 * step)),
    ]),
    ...range(0, 200, 10).flatMap((step) =>
      ['conv1/weight', 'conv2/weight', 'fc/bias'].map((tag, place) => histogram(tag, step, place)),
    ),
    text(
      'notes/plan',
      0,
      `# Plan\n\nA **sweep** over rates:\n\n| lr | is |\n|---|---|\n| ${lr} | tried |\n\n- one\n- two`,
    ),
    text('notes/plan', 1, `# Plan\n\nA **sweep** over rates and batches:\n\n- one\n- three`),
    text('console', 2, 'epoch 1\nloss 0.5'),
  ];
}

/** A loss that becomes infinite, then NaN; with maps of a layer. */
function divergedRun(): RunRecord[] {
  return [
    ...scalars('loss/train', range(0, 60), (step) =>
      step < 30
        ? 1 / (step + 1)
        : step === 30
          ? Number.POSITIVE_INFINITY
          : step < 40
            ? Number.NaN
            : 2 + step / 60,
    ),
    ...range(0, 60, 10).map((step) => maps('conv1/output', step, [1, 8, 12, 12])),
  ];
}

function histogram(tag: string, step: number, place: number): RunRecord {
  const width = (1 + place) * (0.4 + step / 200);
  const count = 24;
  const buckets = Float64Array.from({ length: 3 * count }, (_, index) => {
    const bucket = Math.floor(index / 3);
    const edge = (at: number) => width * (at / (count / 2) - 1);
    if (index % 3 < 2) return edge(bucket + (index % 3));
    return Math.round(100 * Math.exp(-(((edge(bucket + 0.5) - step / 400) / (width / 2)) ** 2)));
  });
  return { kind: 'histogram', tag, step, wallTime: WALL_TIME + step, buckets };
}

function text(tag: string, step: number, string: string): RunRecord {
  return { kind: 'text', tag, step, wallTime: WALL_TIME, strings: [string], shape: [1] };
}
