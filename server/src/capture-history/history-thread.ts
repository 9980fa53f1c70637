/** Decodes captures and summarises their channels beside the hub's own thread, which it would keep for milliseconds each. */
import { constants, setPriority } from 'node:os';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { summariseCapture } from '@convscope/shared/channels/capture-summary.js';
import type { Inflate } from '@convscope/shared/channels/png.js';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeHistoryRow, type HistoryRow } from '@convscope/shared/protocol/history.js';
import type { FromHistoryThread, ToHistoryThread } from './history-messages.js';

const inflate: Inflate = (bytes, size) => inflateSync(bytes, { maxOutputLength: size });

function summarise({ tag, kind, step, findDuplicates, event }: ToHistoryThread): HistoryRow {
  const unreadable = { step, unreadable: true } as const;
  try {
    const { values } = decodeEvent(event, { kindOf: () => kind });
    const record = values.find((value) => value.tag === tag && value.kind === kind)?.toRecord();
    if (record?.kind !== 'channels' && record?.kind !== 'tensor') return unreadable;
    return summariseCapture(record, { inflate, findDuplicates });
  } catch {
    // Damaged maps. The history names the step, and the page says what is wrong where it shows the maps.
    return unreadable;
  }
}

if (parentPort === null) throw new Error('history-thread.js runs in a worker thread only.');
const port = parentPort;
// New maps on their way to the screen go first. Linux gives threads their own priority; elsewhere this would be the hub's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
port.on('message', (message: ToHistoryThread) => {
  const block = encodeHistoryRow(summarise(message));
  const answer: FromHistoryThread = { id: message.id, block };
  port.postMessage(answer, [block.buffer]);
});
