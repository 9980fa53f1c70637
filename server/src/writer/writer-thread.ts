/** The writer's thread: records become frames, frames go to the spool, the spool goes to the hub. */

import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/codec.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { takeLock } from '../native-install/install-lock.js';
import { createSender } from './sender.js';
import { lockPath, removeSpool, writeNote } from './spool.js';
import { openSpoolFile } from './spool-file.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

const data = workerData as ThreadData;
if (!parentPort) throw new Error('writer-thread.js is started by createRunWriter, as a worker thread.');
const port = parentPort;
const STATUS_EVERY_MS = 50;
/** zlib's fastest: worker CPU is training time on a small machine, and the atlases are filtered already. */
const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });
/** Shares of --max-log-mb at which captures are asked to be twice, four times as far apart, and then cease. */
const STRETCHES = [
  { share: 0.5, stretch: 2 },
  { share: 0.75, stretch: 4 },
] as const;
const MAPS_SHARE = 0.9;

if (data.hub)
  writeNote(data.directory, {
    version: 1,
    runUid: data.runUid,
    run: data.run,
    file: data.file,
    logdir: data.hub.logdir,
  });
const lock = data.hub ? await takeLock(lockPath(data.directory)) : undefined;
const spool = openSpoolFile(data.directory, data.file);
spool.append(encodeFrame(encodeFileVersion(Date.now() / 1000)), false);

let droppedMaps = 0;
let mapsAreFull = false;
let statusDue: NodeJS.Timeout | undefined;

const sender = data.hub
  ? createSender({
      url: data.hub.url,
      token: data.hub.token,
      runUid: data.runUid,
      run: data.run,
      file: data.file,
      spool,
      changed: () => {
        announceStatus();
        settle();
      },
    })
  : undefined;

function post(message: FromThread): void {
  port.postMessage(message);
}

function announceStatus(): void {
  statusDue ??= setTimeout(postStatus, STATUS_EVERY_MS);
}

function postStatus(): void {
  clearTimeout(statusDue);
  statusDue = undefined;
  const written = spool.length();
  const share = data.maxLogBytes > 0 ? written / data.maxLogBytes : 0;
  const warning = spool.problem() ?? sender?.problem();
  const place = sender?.place();
  post({
    type: 'status',
    status: {
      connected: sender?.connected() ?? false,
      written,
      acknowledged: sender?.acknowledged() ?? written,
      droppedMaps,
      captureStretch: STRETCHES.findLast((s) => share >= s.share)?.stretch ?? 1,
      cpuMilliseconds: performance.eventLoopUtilization().active,
      ...(place
        ? { run: place.run, path: place.path }
        : data.hub
          ? {}
          : { run: data.run, path: data.directory }),
      ...(warning ? { warning } : {}),
    },
  });
}

function append(record: RunRecord, droppable: boolean): void {
  if (!spool.append(encodeFrame(encodeEvent(record)), droppable) && droppable) droppedMaps++;
}

function dropMaps(wallTime: number, step: number): void {
  droppedMaps++;
  if (mapsAreFull) return;
  mapsAreFull = true;
  const limit = Math.round(data.maxLogBytes / (1024 * 1024));
  const string = `From step ${step} on no maps are logged: the run's log has reached its limit (--max-log-mb ${limit}). Scalars go on.`;
  append({ kind: 'text', tag: 'convscope/log_limit', step, wallTime, strings: [string], shape: [] }, false);
}

function receive(message: ToThread): void {
  switch (message.type) {
    case 'records':
      for (const record of message.records) append(record, false);
      break;
    case 'maps': {
      const { maps, wallTime } = message;
      if (data.maxLogBytes > 0 && spool.length() > data.maxLogBytes * MAPS_SHARE)
        dropMaps(wallTime, maps.step);
      else {
        const { pictures, height, width, channels } = maps;
        append(
          encodeChannels(
            { ...maps, wallTime, shape: { pictures, height, width, channels }, layout: 'NHWC' },
            deflate,
          ),
          true,
        );
      }
      post({ type: 'maps-done' });
      break;
    }
    case 'close':
      closing = { deadline: Date.now() + message.acknowledgeWithinMs };
      timer = setTimeout(() => void finish(), message.acknowledgeWithinMs);
      break;
  }
  sender?.grown();
  announceStatus();
  settle();
}

let closing: { deadline: number } | undefined;
let timer: NodeJS.Timeout | undefined;
let finished = false;
// While the disk refuses, nothing else would bring the thread to try again.
const retry = setInterval(() => {
  if (spool.problem() === undefined) return;
  spool.retry();
  sender?.grown();
  announceStatus();
}, 1_000);

/** Ends the thread once everything is acknowledged, when it is asked to end. */
function settle(): void {
  if (!closing || finished) return;
  if (spool.problem() !== undefined) return;
  if (sender === undefined || sender.acknowledged() >= spool.length()) void finish();
}

async function finish(): Promise<void> {
  if (finished) return;
  finished = true;
  clearTimeout(timer);
  clearInterval(retry);
  spool.retry();
  const acknowledged =
    spool.problem() === undefined && (sender === undefined || sender.acknowledged() >= spool.length());
  const path = sender ? sender.place()?.path : data.directory;
  await sender?.close();
  spool.close();
  postStatus();
  if (data.hub && acknowledged) await removeSpool(data.directory);
  else await lock?.release();
  post({ type: 'closed', acknowledged, ...(path === undefined ? {} : { path }) });
  port.close();
  if (acknowledged) await lock?.release();
}

process.on('uncaughtException', (error) => {
  // The spool holds what was written; the run goes on without a log rather than not at all.
  process.stderr.write(`convscope: the log writer stopped: ${error.stack ?? error.message}\n`);
  process.exit(1);
});

port.on('message', receive);
postStatus();
