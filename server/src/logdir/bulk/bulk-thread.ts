/** Reads event files in bulk, beside the hub's own thread. The hub reads the bytes, and this thread what they say. */
import { constants, getPriority, setPriority } from 'node:os';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { BulkJobs } from './bulk-jobs.js';
import { type ToBulkThread, transferable } from './bulk-messages.js';

if (parentPort === null) throw new Error('bulk-thread.js runs in a worker thread only.');
const port = parentPort;
const jobs = new BulkJobs();

/** What is added to the nice value of the hub: its own thread gets three times as much of a busy core. */
const NICER = 5;
// Who looks at a page does not wait for what is read in bulk. Linux gives threads their own priority; elsewhere this would be the hub's.
if (process.platform === 'linux')
  setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));

port.on('message', (message: ToBulkThread) => {
  if (message.type !== 'bytes') {
    jobs.take(message);
    return;
  }
  const answer = jobs.read(message);
  port.postMessage(answer, transferable(answer.segment, message.bytes.buffer));
});
