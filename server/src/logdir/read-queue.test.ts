import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { FollowedRun } from './followed-run.js';
import { createReadQueue, PARALLEL } from './read-queue.js';

/** A queue of runs that take so many steps each, and the order in which they end. */
function queueOf(runs: number, steps: number) {
  const ended: number[] = [];
  const queue = createReadQueue((_, error) => {
    throw error;
  });
  const all = Array.from({ length: runs }, (_, number) => {
    let left = steps;
    const step = async () => {
      await turn();
      if (--left === 0) ended.push(number);
      return left > 0;
    };
    return { step } as unknown as FollowedRun;
  });
  for (const run of all) queue.add(run, false);
  return { queue, all, ended };
}

it('a run that somebody comes to look at is read before those that wait', async () => {
  const { queue, all, ended } = queueOf(20, 3);
  queue.setWanted(all[19]!, true);
  await queue.idle();
  expect(ended[0]).toBe(19);
});

it('a run that was just written to is read before one that somebody looks at', async () => {
  const { queue, all, ended } = queueOf(20, 1);
  queue.setWanted(all[18]!, true);
  queue.add(all[19]!, true);
  await queue.idle();
  // The first are read already at that time.
  expect(ended.slice(PARALLEL, PARALLEL + 2)).toEqual([19, 18]);
});
