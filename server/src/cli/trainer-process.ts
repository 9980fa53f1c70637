/** The training process, under the launcher. It never waits for the hub: its log goes through the spool. */

import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDirectory } from '../hub/token-file.js';
import { train } from '../trainer/train.js';
import { createRunWriter } from '../writer/create-run-writer.js';
import type { RunWriter } from '../writer/run-writer.js';
import { dumpingWriter } from './dumping-writer.js';
import { type FromTrainer, TOKEN_VARIABLE, type ToTrainer } from './process-messages.js';

/** Of the three seconds that Ctrl-C may take, this much is the last acknowledgement's. */
const ACKNOWLEDGE_WITHIN_MS = 1_500;
/** How long the run's directory is waited for; beyond it the weights stay in the cache. */
const PLACE_WITHIN_MS = 5_000;

const stopping = new AbortController();

function tell(message: FromTrainer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

// Ctrl-C reaches every process of the terminal: the launcher decides who ends when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => stopping.abort());
process.on('disconnect', () => stopping.abort());
process.on('message', (message: ToTrainer) => {
  if (message.type === 'stop') stopping.abort();
  else void work(message).then(() => process.exit());
});

/** Where the run's log lies, once the hub has said so. */
async function placeOf(writer: RunWriter, signal: AbortSignal): Promise<string | undefined> {
  const deadline = Date.now() + PLACE_WITHIN_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const { path } = writer.status();
    if (path !== undefined) return path;
    await delay(20);
  }
  return undefined;
}

async function work(job: Extract<ToTrainer, { type: 'train' }>): Promise<void> {
  const cache = cacheDirectory();
  let said = '';
  const log = (line: string) => {
    if (line !== said) void tell({ type: 'log', line });
    said = line;
  };
  let writer = createRunWriter({
    name: job.name,
    logdir: job.logdir,
    hub: { url: job.hubUrl, token: process.env[TOKEN_VARIABLE] ?? '' },
    cacheDirectory: cache,
    maxLogMb: job.maxLogMb,
    onFailure: log,
  });
  const dump = process.env['CONVSCOPE_DUMP_MAPS'];
  if (dump) writer = dumpingWriter(writer, dump);
  try {
    const place = await placeOf(writer, stopping.signal);
    const outputDirectory = place ?? join(cache, 'weights', writer.runUid);
    const result = await train({ ...job.options, name: job.name, outputDirectory }, writer, {
      signal: stopping.signal,
      onProgress: (progress) => {
        const { warning } = writer.status();
        if (warning) log(warning);
        void tell({ type: 'progress', progress });
      },
      log,
    });
    const { acknowledged, path } = await writer.close({ acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS });
    await tell({ type: 'ended', result, acknowledged, ...(path === undefined ? {} : { path }) });
    process.exitCode = result.reason === 'failed' ? 1 : 0;
  } catch (error) {
    await writer.close({ acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS });
    const text = process.env['CONVSCOPE_DEBUG'] ? (error as Error).stack : (error as Error).message;
    await tell({ type: 'failed', error: text ?? String(error) });
    process.exitCode = 1;
  }
}
