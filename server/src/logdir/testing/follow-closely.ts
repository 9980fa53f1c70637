/** A logdir that is looked at all the time, and what it knows of the scalars of a run. */
import type { RunListener } from '@convscope/shared/log-index/run.js';
import { onTestFinished, vi } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import type { FollowedRun } from '../followed-run.js';
import { createLogdir, type FollowedLogdir } from '../logdir.js';
import type { LogdirOptions } from '../logdir-options.js';

export const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 5 });

export async function follow(root: string, options: Partial<LogdirOptions> = {}, listener: RunListener = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({
    storage,
    log: (line) => said.push(line),
    lookEveryMs: 30,
    stateEveryMs: 10,
    ...options,
  });
  onTestFinished(() => logdir.close());
  logdir.listen(listener);
  await logdir.start();
  await logdir.settled();
  return Object.assign(logdir, { said });
}

export function points(
  run: FollowedRun | undefined,
  tag: string,
): [step: number, wallTime: number, value: number][] {
  const column = run?.index.scalars(tag);
  if (column === undefined) return [];
  const { steps, wallTimes, values } = column.read(0, column.rows);
  return Array.from(steps, (step, row) => [step, wallTimes[row]!, values[row]!]);
}

export const stepsOf = (logdir: FollowedLogdir, run: string, tag: string) =>
  points(logdir.runs.get(run), tag).map(([step]) => step);

export interface Expected {
  runs: Record<
    string,
    {
      tags: Record<
        string,
        { encoding: string; events: { step: number; wall_time: number; value: number | string }[] }
      >;
    }
  >;
}
