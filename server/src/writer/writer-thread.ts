/**
 * The writer's thread: records become frames, frames go to the spool, the spool goes to the hub. What goes wrong here
 * ends this thread and nothing else: the caller hears of it, and what was written stays in the spool.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { constants, deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunRecord, Step } from '@convscope/shared/run-record.js';
import { takeLock } from '../machine/file-lock.js';
import { createLogBudget } from './log-budget.js';
import { createSender } from './sender.js';
import { lockPath, removeSpool, writeNote } from './spool.js';
import { openSpoolFile } from './spool-file.js';
import { threadCpuMilliseconds } from './thread-cpu.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';
import { createWaitingParts } from './waiting-parts.js';

const data = workerData as ThreadData;
if (!parentPort) throw new Error('writer-thread.js is started by createRunWriter, as a worker thread.');
const port = parentPort;
const STATUS_EVERY_MS = 50;
const RETRY_EVERY_MS = 1_000;
/**
 * zlib's fastest, and of earlier bytes only runs are looked for: worker CPU is training time on a small machine, and
 * filtered atlases repeat nothing else. (conv1 of the default net: 12.95 kB an atlas in 0.27 ms, not 13.02 in 0.40.)
 */
const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1, strategy: constants.Z_RLE });
/** How many maps were given up so far, at the capture that was taken after it. */
const DROPPED_MAPS_TAG = 'perf/dropped_maps';

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
const budget = createLogBudget(data.maxLogBytes);

type MapsMessage = Extract<ToThread, { type: 'maps' }>;
type RecordsMessage = Extract<ToThread, { type: 'records' }>;
/** Maps, or the kernels and predictions of the same capture. */
type CapturePart = MapsMessage | RecordsMessage;

let droppedMaps = 0;
/** CPU time of this thread that went into maps: what captures cost beside the caller's own time. */
let mapsCpuMilliseconds = 0;
let droppedBefore = 0;
let droppedSaid = 0;
let mapsAreFull = false;
/** Records, but maps, that the disk refused for too long; said in the log as soon as it takes anything again. */
let lost: { count: number; from: Step; to: Step } | undefined;
/** What cannot be written at all, as a sentence. */
let refused: string | undefined;
let statusDue: NodeJS.Timeout | undefined;

const waitingParts = createWaitingParts<CapturePart>((message) =>
  message.type === 'maps' ? message.maps.tag : undefined,
);
let partTurn: NodeJS.Immediate | undefined;
let partTimer: NodeJS.Timeout | undefined;

const sender = data.hub
  ? createSender({
      url: data.hub.url,
      token: data.hub.token,
      runUid: data.runUid,
      run: data.run,
      file: data.file,
      spool,
      directory: data.directory,
      changed: () => {
        announceStatus();
        settle();
      },
      lookedAt: (tags) => {
        waitingParts.lookAt(tags);
        takePartsSoon();
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
  const warning = lostSentence() ?? spool.problem() ?? sender?.problem() ?? refused;
  const place = data.hub ? sender?.place() : { run: data.run, path: data.directory };
  post({
    type: 'status',
    status: {
      connected: sender?.connected() ?? false,
      written,
      acknowledged: sender?.acknowledged() ?? written,
      droppedMaps,
      captureStretch: budget.captureStretch(written),
      mapsCpuMilliseconds,
      ...place,
      ...(warning ? { warning } : {}),
    },
  });
}

/** Frames of what can be written; one record that cannot does not take the others along. */
function framesOf(records: readonly RunRecord[]): Uint8Array[] {
  return records.flatMap((record) => {
    try {
      return [encodeFrame(encodeEvent(record))];
    } catch (error) {
      refused = `The ${record.kind} record ${JSON.stringify(record.tag)} of step ${record.step} was not logged: ${messageOf(error)}`;
      return [];
    }
  });
}

function appendRecords(records: readonly RunRecord[]): void {
  const frames = framesOf(records);
  const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  if (bytes.length === 0 || spool.append(bytes, false)) return;
  const [first, last] = [records[0]!, records.at(-1)!];
  lost = { count: (lost?.count ?? 0) + records.length, from: lost?.from ?? first.step, to: last.step };
}

function lostSentence(): string | undefined {
  return lost
    ? `${lost.count} records of steps ${lost.from} to ${lost.to} were given up: the disk refused the log for too long. Make room.`
    : undefined;
}

function note(tag: string, step: Step, wallTime: number, string: string): void {
  appendRecords([{ kind: 'text', tag, step, wallTime, strings: [string], shape: [] }]);
}

/** The disk takes the log again: what is missing from it is said in it. */
function confessLoss(): void {
  const sentence = lostSentence();
  if (sentence === undefined || lost === undefined || spool.problem() !== undefined) return;
  const { to } = lost;
  lost = undefined;
  note('convscope/log_lost', to, Date.now() / 1000, sentence);
}

/** One of them a turn of the loop: the losses of the next steps are not held up by all of a capture's maps. */
function takePartsSoon(): void {
  clearTimeout(partTimer);
  clearImmediate(partTurn);
  const wait = waitingParts.dueIn(performance.now());
  const take = () => {
    takePart(waitingParts.take(performance.now()));
    takePartsSoon();
  };
  if (wait === 0) partTurn = setImmediate(take);
  else if (wait !== undefined) partTimer = setTimeout(take, Math.ceil(wait));
}

function takePart(message: CapturePart | undefined): void {
  if (message === undefined) return;
  if (message.type === 'records') {
    appendRecords(message.records);
    announce();
    return;
  }
  const before = threadCpuMilliseconds();
  receiveMaps(message);
  announce();
  mapsCpuMilliseconds += threadCpuMilliseconds() - before;
}

/** Before what has to stand behind them. */
function takeAllParts(): void {
  for (const message of waitingParts.takeAll()) takePart(message);
}

function receiveMaps({ maps, wallTime, ...message }: MapsMessage): void {
  droppedBefore = message.droppedBefore;
  if (mapsAreFull) droppedMaps++;
  else {
    const { pictures, height, width, channels, tag, step } = maps;
    const shape = { pictures, height, width, channels };
    const [frame] = framesOfMaps({ ...maps, wallTime, shape, layout: 'NHWC' });
    if (frame === undefined) droppedMaps++;
    else if (!budget.fits(spool.length() + spool.waiting(), frame.length)) {
      mapsAreFull = true;
      droppedMaps++;
      const limit = `--max-log-mb ${Math.round(data.maxLogBytes / (1024 * 1024))}`;
      note(
        'convscope/log_limit',
        step,
        wallTime,
        `From ${tag} of step ${step} on no maps are logged: the run's log has reached its limit (${limit}). Scalars go on.`,
      );
    } else if (!spool.append(frame, true)) droppedMaps++;
  }
  const dropped = droppedMaps + droppedBefore;
  if (dropped !== droppedSaid)
    appendRecords([
      { kind: 'scalar', tag: DROPPED_MAPS_TAG, step: maps.step, wallTime, value: Math.fround(dropped) },
    ]);
  droppedSaid = dropped;
  post({ type: 'maps-done' });
}

function framesOfMaps(input: Parameters<typeof encodeChannels>[0]): Uint8Array[] {
  try {
    return framesOf([encodeChannels(input, deflate)]);
  } catch (error) {
    refused = `The maps ${JSON.stringify(input.tag)} of step ${input.step} were not logged: ${messageOf(error)}`;
    return [];
  }
}

/** Kernels and predictions belong to a capture: while somebody looks they wait with the rest of it. Gives the others. */
function holdTensors(records: readonly RunRecord[]): readonly RunRecord[] {
  if (!waitingParts.isLookedAt) return records;
  const tensors = records.filter(({ kind }) => kind === 'tensor');
  if (tensors.length === 0) return records;
  waitingParts.add({ type: 'records', records: tensors }, performance.now());
  takePartsSoon();
  return records.filter(({ kind }) => kind !== 'tensor');
}

function receive(message: ToThread): void {
  switch (message.type) {
    case 'records':
      if (message.records.some(({ kind }) => kind === 'run-end')) {
        takeAllParts();
        appendRecords(message.records);
      } else appendRecords(holdTensors(message.records));
      break;
    case 'maps':
      waitingParts.add(message, performance.now());
      takePartsSoon();
      return;
    case 'close':
      takeAllParts();
      closing = true;
      clearTimeout(timer);
      timer = setTimeout(() => void finish(), message.acknowledgeWithinMs);
      break;
  }
  announce();
}

/** Something was written, or may be now. */
function announce(): void {
  confessLoss();
  sender?.grown();
  announceStatus();
  settle();
}

let closing = false;
let timer: NodeJS.Timeout | undefined;
let finished = false;
// While the disk refuses, nothing else would bring the thread to try again.
const retry = setInterval(retryDisk, RETRY_EVERY_MS);

function retryDisk(): void {
  if (spool.problem() === undefined) return;
  spool.retry();
  announce();
}

function isWhole(): boolean {
  if (spool.problem() !== undefined) return false;
  return sender === undefined || (!sender.refused() && sender.acknowledged() >= spool.length());
}

/** When it is asked to end: ends the thread once everything is acknowledged, or nothing more will be. */
function settle(): void {
  if (closing && !finished && (isWhole() || sender?.refused())) void finish();
}

async function finish(): Promise<void> {
  if (finished) return;
  finished = true;
  clearTimeout(timer);
  clearTimeout(partTimer);
  clearInterval(retry);
  spool.retry();
  const acknowledged = isWhole();
  const path = sender ? sender.place()?.path : data.directory;
  await sender?.close();
  spool.close();
  postStatus();
  if (data.hub && acknowledged) await removeSpool(data.directory);
  await lock?.release();
  post({ type: 'closed', acknowledged, ...(path === undefined ? {} : { path }) });
  port.close();
}

port.on('message', receive);
postStatus();
