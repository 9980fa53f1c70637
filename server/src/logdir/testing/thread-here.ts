import { setImmediate as turn } from 'node:timers/promises';
import { BulkJobs } from '../bulk/bulk-jobs.js';
import type { BulkThread } from '../bulk/bulk-thread-handle.js';

/** Does what a thread does without one, for tests of what becomes of its answers: a thread takes long to start. */
export function threadHere(): BulkThread {
  const jobs = new BulkJobs();
  let last: Promise<unknown> = Promise.resolve();
  return {
    isDead: false,
    hasAnswered: true,
    tell: (message) => jobs.take(message),
    // One after the other, as a thread does.
    read(message) {
      const answer = last.then(() => turn()).then(() => jobs.read(message));
      last = answer.catch(() => undefined);
      return answer;
    },
    end: async () => undefined,
  };
}
