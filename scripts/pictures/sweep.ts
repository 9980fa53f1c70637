/** A small sweep for the picture of the scalars page. Its values come from formulas and seeded noise. */
import { createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { randomFrom } from '@convscope/shared/testing/fuzz/random.js';
import { range, writeLog } from '../browser/support/logs.js';

const BEGIN = 1_700_000_000;
const BATCH = 64;

interface Training {
  readonly name: string;
  readonly lr: number;
  readonly optimizer: string;
  readonly weightDecay: number;
  readonly steps: number;
  /** The loss that it falls to; it diverges if there is none. */
  readonly lowest: number | undefined;
  readonly imagesPerSecond: number;
}

const TRAININGS: readonly Training[] = [
  {
    name: 'adam-1e-3',
    lr: 1e-3,
    optimizer: 'adam',
    weightDecay: 0,
    steps: 1240,
    lowest: 0.93,
    imagesPerSecond: 500,
  },
  {
    name: 'adam-3e-4',
    lr: 3e-4,
    optimizer: 'adam',
    weightDecay: 0,
    steps: 1564,
    lowest: 1.3,
    imagesPerSecond: 500,
  },
  {
    name: 'adamw-2e-3',
    lr: 2e-3,
    optimizer: 'adamw',
    weightDecay: 1e-3,
    steps: 980,
    lowest: 1,
    imagesPerSecond: 430,
  },
  {
    name: 'sgd-3.0',
    lr: 3,
    optimizer: 'sgd',
    weightDecay: 0,
    steps: 21,
    lowest: undefined,
    imagesPerSecond: 500,
  },
  {
    name: 'sgd-5e-2-cos',
    lr: 0.05,
    optimizer: 'sgd',
    weightDecay: 5e-4,
    steps: 1564,
    lowest: 0.85,
    imagesPerSecond: 500,
  },
];

export function writeSweep(logdir: string): void {
  for (const [at, training] of TRAININGS.entries())
    writeLog(logdir, training.name, recordsOf(training, at + 1));
}

function recordsOf(training: Training, seed: number): RunRecord[] {
  const { lr, optimizer, weightDecay, steps, lowest, imagesPerSecond } = training;
  const random = randomFrom(seed);
  /** Six dice: near enough to a normal distribution with mean 0 and variance 1. */
  const noise = () => Math.SQRT2 * (range(0, 6).reduce((sum) => sum + random(), 0) - 3);
  const hparams = { lr, optimizer, wd: weightDecay };
  const records: RunRecord[] = [...createHparamsStart(hparams, ['val/loss'], training.name, BEGIN)];
  for (const step of range(0, steps)) {
    const wallTime = BEGIN + (step * BATCH) / imagesPerSecond;
    const log = (tag: string, value: number) => records.push({ kind: 'scalar', tag, step, wallTime, value });
    const mean = lowest === undefined ? diverging(step) : lowest + (2.3 - lowest) * Math.exp(-step / 200);
    log('train/loss', mean + 0.06 * noise());
    log('train/accuracy', lowest === undefined ? 0.1 : 0.95 - 0.36 * mean + 0.015 * noise());
    log('train/grad_norm', 2 + step / 1500 + 0.25 * Math.abs(noise()));
    log('train/lr', training.name.endsWith('cos') ? (lr / 2) * (1 + Math.cos((Math.PI * step) / steps)) : lr);
    log('perf/images_per_s', imagesPerSecond - 12 * Math.abs(noise()) - (step > 800 && step < 812 ? 100 : 0));
    if (step % 100 === 99) {
      log('val/loss', mean + 0.08);
      log('val/accuracy', 0.95 - 0.36 * mean);
    }
  }
  return records;
}

function diverging(step: number): number {
  return step < 17 ? 2.3 * 1.35 ** step : Number.NaN;
}
