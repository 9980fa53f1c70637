/** Runs that are written to a logdir at once, for tests of how the page shows logs that nobody trains for it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { writeLog } from './logs.js';

/** Seconds since the epoch. */
const BEGIN = 1_700_000_000;

export interface WrittenRun {
  readonly name: string;
  /** When it began, in seconds after all others that name nothing. */
  readonly at?: number;
  readonly tag?: string;
  /** The value at steps 0, 1, … */
  readonly losses: readonly number[];
  /** As our own trainer logs it. */
  readonly config?: RunConfig;
  /** As other programs log it. */
  readonly hparams?: RunConfig;
}

export function writeRun(logdir: string, run: WrittenRun): void {
  const { name, at = 0, tag = 'train/loss', losses, config, hparams } = run;
  const wallTime = BEGIN + at;
  const records: RunRecord[] = [
    ...(config === undefined ? [] : [runStartRecord({ config, name }, wallTime)]),
    ...(hparams === undefined ? [] : createHparamsStart(hparams, [], 'group', wallTime)),
    ...losses.map(
      (value, step): RunRecord => ({ kind: 'scalar', tag, step, wallTime: wallTime + step, value }),
    ),
  ];
  writeLog(logdir, name, records);
}

export function removeRun(logdir: string, name: string): void {
  rmSync(join(logdir, name), { recursive: true });
}
