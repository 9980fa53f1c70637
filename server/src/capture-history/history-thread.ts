/** Decodes captures and summarises their channels beside the hub's own thread, which it would keep for milliseconds each. */
import { constants, getPriority, setPriority } from 'node:os';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { summariseEvent } from '@convscope/shared/answers/summarise-event.js';
import type { Inflate } from '@convscope/shared/channels/png.js';
import type { FromHistoryThread, ToHistoryThread } from './history-messages.js';

const inflate: Inflate = (bytes, size) => inflateSync(bytes, { maxOutputLength: size });

if (parentPort === null) throw new Error('history-thread.js runs in a worker thread only.');
const port = parentPort;
/**
 * What is added to the nice value of the hub: its own thread gets ten times as much of a busy core. With 19 this one gets so
 * little beside a training on all cores that findings of some hundred captures take half a minute, and a few seconds with 10.
 */
const NICER = 10;
// New maps on their way to the screen go first. Linux gives threads their own priority; elsewhere this would be the hub's.
if (process.platform === 'linux')
  setPriority(Math.min(getPriority() + NICER, constants.priority.PRIORITY_LOW));
port.on('message', (message: ToHistoryThread) => {
  const block = summariseEvent(message, inflate);
  const answer: FromHistoryThread = { id: message.id, block };
  port.postMessage(answer, [block.buffer]);
});
