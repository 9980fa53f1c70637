/** Reads event files in bulk, beside the hub's own thread. The hub reads the bytes, and this thread what they say. */
import { parentPort } from 'node:worker_threads';
import { BulkJobs } from './bulk-jobs.js';
import { type ToBulkThread, transferable } from './bulk-messages.js';

if (parentPort === null) throw new Error('bulk-thread.js runs in a worker thread only.');
const port = parentPort;
const jobs = new BulkJobs();

port.on('message', (message: ToBulkThread) => {
  if (message.type !== 'bytes') {
    jobs.take(message);
    return;
  }
  const answer = jobs.read(message);
  port.postMessage(answer, transferable(answer.segment, message.bytes.buffer));
});
