import { BulkJobs } from '../bulk/bulk-jobs.js';
import type { BulkThread } from '../bulk/bulk-thread-handle.js';

/** Does what a thread does without one, for tests of what becomes of its answers: a thread takes long to start. */
export function threadHere(): BulkThread {
  const jobs = new BulkJobs();
  return {
    isDead: false,
    hasAnswered: true,
    tell: (message) => jobs.take(message),
    read: async (message) => jobs.read(message),
    end: async () => undefined,
  };
}
