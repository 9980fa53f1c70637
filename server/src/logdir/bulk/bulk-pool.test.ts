import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BulkPool, type BulkTask } from './bulk-pool.js';
import type { BulkThread } from './bulk-thread-handle.js';

const TASKS = 10;
const STEPS = 20;

/** A thread that does one thing after the other. Its tasks read nothing: `end` is what they wait for in a step. */
function startThread(): BulkThread {
  let last: Promise<void> = Promise.resolve();
  return {
    isDead: false,
    hasAnswered: true,
    read: () => Promise.reject(new Error('The tasks of these tests read nothing.')),
    tell: () => undefined,
    end: () => {
      last = last.then(() => turn());
      return last;
    },
  };
}

/**
 * Reads long files, of which each is one task.
 * @param isWanted whether somebody looks at a task after so many steps of all tasks
 * @returns the tasks in the order in which they ended
 */
async function orderOf(isWanted: (task: number, steps: number) => boolean): Promise<number[]> {
  const pool = new BulkPool(startThread, 2);
  const ended: number[] = [];
  let steps = 0;
  const taskOf = (number: number): BulkTask => {
    let left = STEPS;
    return {
      isWanted: () => isWanted(number, steps),
      async step(thread) {
        await thread.end();
        steps++;
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
  return ended;
}

it.each([
  { which: 'that had not begun', task: TASKS - 1 },
  { which: 'that shares its thread with another', task: 3 },
])(
  'of long files the one $which ends before all others when somebody comes to look at it',
  async ({ task }) => {
    const [first] = await orderOf((number, steps) => number === task && steps >= 4);
    expect(first).toBe(task);
  },
);

it('what gave way goes on when nobody looks any more', async () => {
  const ended = await orderOf((number, steps) => number === 3 && steps >= 4 && steps < 40);
  expect(new Set(ended).size).toBe(TASKS);
});
