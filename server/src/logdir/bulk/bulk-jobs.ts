import { BulkJob } from './bulk-job.js';
import type { FromBulkThread, ToBulkThread } from './bulk-messages.js';

/** What a thread does with the messages of the hub. */
export class BulkJobs {
  readonly #jobs = new Map<number, BulkJob>();

  take(message: Exclude<ToBulkThread, { type: 'bytes' }>): void {
    const { job } = message;
    if (message.type === 'open') this.#jobs.set(job, new BulkJob(message.state, message.lastStep));
    else this.#jobs.delete(job);
  }

  read({ job: number, offset, size, bytes }: Extract<ToBulkThread, { type: 'bytes' }>): FromBulkThread {
    const job = this.#jobs.get(number);
    if (job === undefined) throw new Error('The thread was not told of the file.');
    return { job: number, ...job.read(bytes, offset, size), bytes };
  }
}
