import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BulkPool, type BulkTask } from './bulk-pool.js';
import type { BulkThread } from './bulk-thread-handle.js';

/** More than there are threads. */
const TASKS = 60;
const STEPS = 3;

const thread: BulkThread = {
  isDead: false,
  hasAnswered: true,
  read: () => Promise.reject(new Error('The tasks of this test read nothing.')),
  tell: () => undefined,
  end: async () => undefined,
};

it('what somebody comes to look at goes before what waits, and before the rest of what was begun', async () => {
  const pool = new BulkPool(() => thread);
  const ended: number[] = [];
  let wanted = -1;
  const taskOf = (number: number): BulkTask => {
    let left = STEPS;
    return {
      isWanted: () => number === wanted,
      async step() {
        await turn();
        // Whoever looks comes when the first files have been begun.
        wanted = TASKS - 1;
        return --left > 0;
      },
      giveUp: () => undefined,
      stop: async () => void ended.push(number),
    };
  };
  for (let number = 0; number < TASKS; number++) pool.add(taskOf(number));
  await pool.idle();
  await pool.close();
  expect(ended).toHaveLength(TASKS);
  expect(ended.indexOf(TASKS - 1)).toBeLessThan(TASKS / 2);
});
