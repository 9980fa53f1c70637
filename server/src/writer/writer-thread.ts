/**
 * The writer's thread: encodes records as frames, keeps them in the spool or, while the disk refuses them, in memory, and
 * sends them to the hub. An error ends only this thread; the caller is told, and what was written stays in the spool.
 * One file of more than 300 lines, because everything here shares the state of the thread.
 */
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame, eventOf } from '@convscope/shared/event-log/frame.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { ControlAnswer } from '@convscope/shared/protocol/control.js';
import type { RunRecord, Step } from '@convscope/shared/run-record.js';
import { createFrameEncoder } from './frame-encoder.js';
import { createKeptLog } from './kept-log.js';
import { createLogBudget } from './log-budget.js';
import { createDirectPlace, createSpoolPlace } from './log-place.js';
import { createLossCount, lossSentence } from './lost-records.js';
import { createSender } from './sender.js';
import { removeSpool } from './spool.js';
import { threadCpuMilliseconds } from './thread-cpu.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

const data = workerData as ThreadData;
if (!parentPort) throw new Error('writer-thread.js is started by createRunWriter, as a worker thread.');
const port = parentPort;
const STATUS_EVERY_MS = 50;
const TEND_EVERY_MS = 1_000;
/** Scalar: how many maps were given up so far, logged at the next capture. */
const DROPPED_MAPS_TAG = 'perf/dropped_maps';

const spoolPlace = data.hub
  ? createSpoolPlace(data.directory, {
      version: 1,
      runUid: data.runUid,
      run: data.run,
      file: data.file,
      logdir: data.hub.logdir,
    })
  : undefined;
const log = createKeptLog(spoolPlace ?? createDirectPlace(data.directory, data.file), data.memoryBytes);
const budget = createLogBudget(data.maxLogBytes);
/** What will not be in the log. */
const lost = createLossCount();
const encoder = createFrameEncoder(lost.add);

type MapsMessage = Extract<ToThread, { type: 'maps' }>;

let droppedMaps = 0;
let taken = 0;
/** CPU time that this thread spent on maps: the cost of captures beyond the caller's own time. */
let mapsCpuMilliseconds = 0;
let droppedBefore = 0;
let droppedSaid = 0;
let mapsAreFull = false;
/** Records were dropped since neither the disk nor the hub took them. Noted in the log once one of them does again. */
let dropping = false;
/** What went wrong at the end, as a sentence. */
let problem: string | undefined;
let statusDue: NodeJS.Timeout | undefined;

/** Maps that are still to be written. */
let waitingMaps: MapsMessage[] = [];
let mapsTurn: NodeJS.Immediate | undefined;

/** What viewers have asked and the process has not answered, by id. */
const unanswered = new Map<number, (answer: ControlAnswer) => void>();
let nextAsked = 0;

/** From `begin` on, if there is a hub. */
let sender: ReturnType<typeof createSender> | undefined;

function openSender(hub: NonNullable<ThreadData['hub']>) {
  return createSender({
    url: hub.url,
    token: hub.token,
    runUid: data.runUid,
    run: data.run,
    file: data.file,
    log,
    directory: data.directory,
    changed: () => {
      announceStatus();
      settle();
    },
    asked: (asked, answer) => {
      const id = nextAsked++;
      unanswered.set(id, answer);
      post({ type: 'asked', id, asked });
    },
  });
}

function post(message: FromThread): void {
  port.postMessage(message);
}

function announceStatus(): void {
  statusDue ??= setTimeout(postStatus, STATUS_EVERY_MS);
}

function postStatus(): void {
  clearTimeout(statusDue);
  statusDue = undefined;
  const written = log.end();
  const place = data.hub ? sender?.place() : { run: data.run, path: data.directory };
  post({
    type: 'status',
    taken,
    status: {
      connected: sender?.connected() ?? false,
      written,
      acknowledged: sender?.acknowledged() ?? written,
      droppedMaps,
      captureStretch: budget.captureStretch(written),
      mapsCpuMilliseconds,
      ...place,
      ...warning(),
    },
  });
}

function warning(): { warning?: string } {
  const sentences = [log.problem(), sender?.problem()].filter((one) => one !== undefined);
  if (log.problem() !== undefined && data.hub) sentences.push(whereItGoes());
  const sentence = sentences.join(' ') || problem || encoder.problem();
  return sentence ? { warning: sentence } : {};
}

/** What becomes of the log while it has no file. Without counts: a sentence that changes is said again and again. */
function whereItGoes(): string {
  if (dropping) return 'Records are being lost until the disk or the hub takes them; the end says how many.';
  if (sender?.connected()) return 'The log goes to the hub from memory.';
  return 'The log waits in memory until the disk or the hub takes it; maps are dropped first.';
}

function appendRecords(records: readonly RunRecord[]): void {
  const frames = encoder.encode(records);
  const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  if (bytes.length === 0 || log.append(bytes, false)) return;
  for (const frame of frames) lost.addEvent(eventOf(frame));
  dropping = true;
}

function textRecord(tag: string, step: Step, wallTime: number, string: string): RunRecord {
  return { kind: 'text', tag, step, wallTime, strings: [string], shape: [] };
}

/** Once there is room again, notes in the log what is missing from it so far. */
function noteLoss(): void {
  if (!dropping || (log.problem() !== undefined && !sender?.connected())) return;
  const losses = lost.losses();
  const sentence = `Neither the disk nor the hub took the log for a while. Lost so far: ${lossSentence(losses)}.`;
  const step = losses.at(-1)?.to ?? 0;
  const frames = encoder.encode([textRecord('convscope/log_lost', step, Date.now() / 1000, sentence)]);
  if (log.append(Buffer.concat(frames), false)) dropping = false;
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
    else if (!budget.fits(log.end(), frame.length)) {
      mapsAreFull = true;
      droppedMaps++;
      const limit = `--max-log-mb ${Math.round(data.maxLogBytes / (1024 * 1024))}`;
      const sentence = `No maps are logged from ${tag} of step ${step} on: the run's log has reached its limit (${limit}). Scalars are still logged.`;
      appendRecords([textRecord('convscope/log_limit', step, wallTime, sentence)]);
    } else if (!log.append(frame, true)) {
      droppedMaps++;
      dropping = true;
      lost.add({ kind: 'channels', tag, step });
    }
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
      taken += message.records.length;
      break;
    case 'maps':
      waitingMaps.push(message);
      takeMapsSoon();
      return;
    case 'state':
      sender?.announce(message.state);
      return;
    case 'answer':
      unanswered.get(message.id)?.(message.answer);
      unanswered.delete(message.id);
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

/** After something was written, or the disk may have taken what it refused. */
function announce(): void {
  noteLoss();
  sender?.grown();
  announceStatus();
  settle();
}

let closing = false;
let timer: NodeJS.Timeout | undefined;
let finished = false;
let tending: NodeJS.Timeout | undefined;

function isWhole(): boolean {
  if (!sender) return log.isSafe();
  return !sender.refused() && sender.acknowledged() >= log.end();
}

/** When closing, ends the thread once everything is acknowledged, or the hub has refused what is in the spool. */
function settle(): void {
  if (closing && !finished && (isWhole() || (sender?.refused() && log.isSafe()))) void finish();
}

async function finish(): Promise<void> {
  if (finished) return;
  finished = true;
  clearTimeout(timer);
  clearImmediate(mapsTurn);
  clearInterval(tending);
  await log.tend();
  const whole = isWhole();
  const waits = log.waitsInFile() || sender?.refused() === true;
  const path = sender ? sender.place()?.path : data.directory;
  const complete = (await sender?.close()) ?? true;
  const acknowledged = whole && complete;
  if (!whole) countUnsafe();
  // A spool in which nothing waits is of no use to the next hub.
  await closeFile(!acknowledged && (waits || !complete));
  postStatus();
  const losses = lost.losses();
  const left = spoolPlace && !acknowledged && existsSync(spoolPlace.directory);
  const waitsIn = left ? spoolPlace.directory : undefined;
  post({
    type: 'closed',
    log: {
      acknowledged,
      ...(path === undefined ? {} : { path }),
      ...(losses.length === 0 ? {} : { losses }),
      ...(log.gone() === 0 ? {} : { goneBytes: log.gone() }),
      ...(waitsIn === undefined ? {} : { waitsIn }),
    },
  });
  port.close();
}

async function closeFile(keep: boolean): Promise<void> {
  try {
    log.close();
    if (spoolPlace && !keep && existsSync(spoolPlace.directory)) await removeSpool(spoolPlace.directory);
    await spoolPlace?.release();
  } catch (error) {
    problem = `The log file in ${data.directory} could not be closed (${messageOf(error)}).`;
  }
}

/** What neither the hub nor the disk has is lost with this process. */
function countUnsafe(): void {
  try {
    log.eachUnsafe(lost.addEvent);
  } catch (error) {
    problem = `What is lost of the log could not be counted (${messageOf(error)}).`;
  }
}

/** Messages wait until it listens. */
async function begin(): Promise<void> {
  await log.tend();
  // With a hub the log goes there from memory. Without one there is nowhere else to write.
  if (!spoolPlace && log.problem() !== undefined) throw new Error(log.problem());
  log.append(encodeFrame(encodeFileVersion(Date.now() / 1000)), false);
  if (data.hub) sender = openSender(data.hub);
  // While the disk refuses writes, nothing else makes the thread try again, and nothing else notices a deleted file.
  tending = setInterval(() => void log.tend().then(announce), TEND_EVERY_MS);
  port.on('message', receive);
  postStatus();
}

// An error ends the thread, also where Node has been told only to warn of promises that fail.
begin().catch((error: unknown) =>
  setImmediate(() => {
    throw error;
  }),
);
