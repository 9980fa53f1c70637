/**
 * The writer's thread: encodes records as frames, appends them to the spool, and sends the spool to the hub. An error ends
 * only this thread; the caller is told, and what was written stays in the spool.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord, Step } from '@convscope/shared/run-record.js';
import { takeLock } from '../machine/file-lock.js';
import { createFrameEncoder } from './frame-encoder.js';
import { createLogBudget } from './log-budget.js';
import { createSender } from './sender.js';
import { lockPath, removeSpool, writeNote } from './spool.js';
import { openSpoolFile } from './spool-file.js';
import { threadCpuMilliseconds } from './thread-cpu.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

const data = workerData as ThreadData;
if (!parentPort) throw new Error('writer-thread.js is started by createRunWriter, as a worker thread.');
const port = parentPort;
const STATUS_EVERY_MS = 50;
const RETRY_EVERY_MS = 1_000;
/** Scalar: how many maps were given up so far, logged at the next capture. */
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
const encoder = createFrameEncoder();

type MapsMessage = Extract<ToThread, { type: 'maps' }>;

let droppedMaps = 0;
/** CPU time that this thread spent on maps: the cost of captures beyond the caller's own time. */
let mapsCpuMilliseconds = 0;
let droppedBefore = 0;
let droppedSaid = 0;
let mapsAreFull = false;
/** Records other than maps that the disk refused for too long. Noted in the log once the disk accepts writes again. */
let lost: { count: number; from: Step; to: Step } | undefined;
let statusDue: NodeJS.Timeout | undefined;

/** Maps that are still to be written. */
let waitingMaps: MapsMessage[] = [];
let mapsTurn: NodeJS.Immediate | undefined;

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
  const warning = lostSentence() ?? spool.problem() ?? sender?.problem() ?? encoder.problem();
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

function appendRecords(records: readonly RunRecord[]): void {
  const frames = encoder.encode(records);
  const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  if (bytes.length === 0 || spool.append(bytes, false)) return;
  const [first, last] = [records[0]!, records.at(-1)!];
  lost = { count: (lost?.count ?? 0) + records.length, from: lost?.from ?? first.step, to: last.step };
}

function lostSentence(): string | undefined {
  return lost
    ? `${lost.count} records of steps ${lost.from} to ${lost.to} were lost: the disk refused the log for too long. Free some space.`
    : undefined;
}

function note(tag: string, step: Step, wallTime: number, string: string): void {
  appendRecords([{ kind: 'text', tag, step, wallTime, strings: [string], shape: [] }]);
}

/** Once the disk accepts writes again, notes in the log what is missing from it. */
function noteLoss(): void {
  const sentence = lostSentence();
  if (sentence === undefined || lost === undefined || spool.problem() !== undefined) return;
  const { to } = lost;
  lost = undefined;
  note('convscope/log_lost', to, Date.now() / 1000, sentence);
}

/** Writes the maps of one layer per turn of the event loop, so that scalars need not wait for a whole capture. */
function takeMapsSoon(): void {
  mapsTurn ??= setImmediate(() => {
    mapsTurn = undefined;
    const message = waitingMaps.shift();
    if (message === undefined) return;
    takeMaps(message);
    takeMapsSoon();
  });
}

function takeMaps(message: MapsMessage): void {
  const before = threadCpuMilliseconds();
  receiveMaps(message);
  announce();
  mapsCpuMilliseconds += threadCpuMilliseconds() - before;
}

/** Writes all maps now, before a record that must follow them. */
function takeAllMaps(): void {
  const all = waitingMaps;
  waitingMaps = [];
  for (const message of all) takeMaps(message);
}

function receiveMaps({ maps, wallTime, ...message }: MapsMessage): void {
  droppedBefore = message.droppedBefore;
  if (mapsAreFull) droppedMaps++;
  else {
    const { pictures, height, width, channels, tag, step } = maps;
    const shape = { pictures, height, width, channels };
    const frame = encoder.encodeMaps({ ...maps, wallTime, shape, layout: 'NHWC' });
    if (frame === undefined) droppedMaps++;
    else if (!budget.fits(spool.length() + spool.waiting(), frame.length)) {
      mapsAreFull = true;
      droppedMaps++;
      const limit = `--max-log-mb ${Math.round(data.maxLogBytes / (1024 * 1024))}`;
      note(
        'convscope/log_limit',
        step,
        wallTime,
        `No maps are logged from ${tag} of step ${step} on: the run's log has reached its limit (${limit}). Scalars are still logged.`,
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

function receive(message: ToThread): void {
  switch (message.type) {
    case 'records':
      if (message.records.some(({ kind }) => kind === 'run-end')) takeAllMaps();
      appendRecords(message.records);
      break;
    case 'maps':
      waitingMaps.push(message);
      takeMapsSoon();
      return;
    case 'close':
      takeAllMaps();
      closing = true;
      clearTimeout(timer);
      timer = setTimeout(() => void finish(), message.acknowledgeWithinMs);
      break;
  }
  announce();
}

/** After something was written, or the disk may accept writes again. */
function announce(): void {
  noteLoss();
  sender?.grown();
  announceStatus();
  settle();
}

let closing = false;
let timer: NodeJS.Timeout | undefined;
let finished = false;
// While the disk refuses writes, nothing else makes the thread try again.
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

/** When closing, ends the thread once everything is acknowledged, or the hub has refused the log. */
function settle(): void {
  if (closing && !finished && (isWhole() || sender?.refused())) void finish();
}

async function finish(): Promise<void> {
  if (finished) return;
  finished = true;
  clearTimeout(timer);
  clearImmediate(mapsTurn);
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
