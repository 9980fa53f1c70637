/** The training process, started by the launcher. Its log goes through the spool, so training never waits for the hub. */
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { prepareRun } from '../trainer/prepare-run.js';
import type { TrainHooks } from '../trainer/progress.js';
import { train } from '../trainer/train.js';
import { createRunWriter } from '../writer/create-run-writer.js';
import type { RunWriter } from '../writer/run-writer.js';
import { dumpingWriter } from './dumping-writer.js';
import { type FromTrainer, TOKEN_VARIABLE, type ToTrainer } from './process-messages.js';

/** Time from the signal to the last acknowledgement. The launcher and the hub need the rest of the three seconds. */
const STOP_WITHIN_MS = 1_800;
const LEAST_ACKNOWLEDGE_MS = 200;
/** How long a run that ended by itself waits for its last acknowledgement, with and without a hub. */
const ACKNOWLEDGE_WITHIN_MS = { connected: 10_000, alone: 1_500 } as const;
/** How long to wait for the hub to report the run's directory. After that the weights go to the cache. */
const PLACE_WITHIN_MS = 5_000;
/** When to exit after the launcher is gone, since then nobody would end a hanging process. */
const ORPHAN_MS = 10_000;

const stopping = new AbortController();
let stopAskedAt = Number.POSITIVE_INFINITY;

function stop(): void {
  stopAskedAt = Math.min(stopAskedAt, performance.now());
  stopping.abort();
}

function tell(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

// Ctrl-C and closing the terminal signal every process in it. The launcher decides in which order they end.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', stop);
process.on('disconnect', () => {
  stop();
  setTimeout(() => process.exit(1), ORPHAN_MS).unref();
});
process.on('message', (message: ToTrainer) => {
  if (message.type === 'stop') stop();
  else void work(message).then(() => process.exit());
});

/** The directory of the run's log, once the hub has reported it. */
async function placeOf(writer: RunWriter): Promise<string | undefined> {
  const deadline = performance.now() + PLACE_WITHIN_MS;
  while (performance.now() < deadline && !stopping.signal.aborted) {
    const { path } = writer.status();
    if (path !== undefined) return path;
    await delay(20);
  }
  return undefined;
}

type Job = Extract<ToTrainer, { type: 'train' }>;

async function work(job: Job): Promise<void> {
  const cache = userCacheDirectory();
  let said = '';
  const log = (line: string) => {
    if (line !== said) void tell({ type: 'log', line });
    said = line;
  };
  let writer: RunWriter | undefined;
  const hooks: TrainHooks = {
    signal: stopping.signal,
    onProgress: (progress) => {
      const warning = writer?.status().warning;
      if (warning) log(warning);
      void tell({ type: 'progress', progress });
    },
    log,
  };
  try {
    const prepared = await prepareRun(job.options, hooks);
    stopping.signal.throwIfAborted();
    writer = createRunWriter({
      name: job.name,
      logdir: job.logdir,
      hub: { url: job.hubUrl, token: process.env[TOKEN_VARIABLE] ?? '' },
      cacheDirectory: cache,
      maxLogMb: job.maxLogMb,
      onFailure: log,
    });
    const dump = process.env['CONVSCOPE_DUMP_MAPS'];
    if (dump) writer = dumpingWriter(writer, dump);
    const outputDirectory = (await placeOf(writer)) ?? join(cache, 'weights', writer.runUid);
    const options = { ...job.options, name: job.name, outputDirectory };
    const result = await train(options, prepared, writer, hooks);
    await tell({ type: 'ended', result });
    process.exitCode = result.reason === 'failed' ? 1 : 0;
  } catch (error) {
    await tell({ type: 'failed', error: sentenceOf(error as Error) });
    process.exitCode = 1;
  }
  if (writer) await closeLog(writer);
}

async function closeLog(writer: RunWriter): Promise<void> {
  const { connected } = writer.status();
  const left = () => Math.max(LEAST_ACKNOWLEDGE_MS, STOP_WITHIN_MS - (performance.now() - stopAskedAt));
  const closed = writer.close({
    acknowledgeWithinMs: stopping.signal.aborted
      ? left()
      : ACKNOWLEDGE_WITHIN_MS[connected ? 'connected' : 'alone'],
  });
  // Shorten the wait on Ctrl-C.
  stopping.signal.addEventListener('abort', () => void writer.close({ acknowledgeWithinMs: left() }));
  const log = await closed;
  const lostMaps = log.losses?.find(({ what }) => what === 'maps')?.count ?? 0;
  const leftOut = Math.max(0, writer.status().droppedMaps - lostMaps);
  await tell({ type: 'logged', runUid: writer.runUid, log, leftOut });
}

function sentenceOf(error: Error): string {
  if (stopping.signal.aborted) return 'Interrupted before the run began; nothing was logged.';
  return (process.env['CONVSCOPE_DEBUG'] ? error.stack : undefined) ?? error.message;
}
