/** Brings what earlier processes left in the spool to the hub that it was meant for. */

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { LockHeld, takeLock } from '../../machine/file-lock.js';
import {
  isMeantFor,
  listSpool,
  lockPath,
  NOTE_FILE,
  removeSpool,
  type SpooledRun,
} from '../../writer/spool.js';
import type { IngestStore } from './ingest-store.js';

const STRETCH_BYTES = Math.min(1024 * 1024, LIMITS.ingestBytes);

export interface HandOverOptions {
  readonly cacheDirectory: string;
  /** Absolute: only runs that were meant for it are handed over. */
  readonly logdir: string;
  readonly log: (sentence: string) => void;
}

/** Resolves to the ids of the runs that were handed over whole. A run whose sender lives is left to it. */
export async function handOverSpools(store: IngestStore, options: HandOverOptions): Promise<string[]> {
  const done: string[] = [];
  for (const spooled of await listSpool(options.cacheDirectory, options.log)) {
    if (!(await isMeantFor(spooled.note, options.logdir))) continue;
    try {
      const run = await withLock(spooled.directory, () => handOver(store, spooled));
      if (run === undefined) continue;
      options.log(`Run ${run}: ${spooled.bytes} bytes that an earlier process left behind were handed over.`);
      done.push(run);
    } catch (error) {
      options.log(`The run spooled in ${spooled.directory} stays there: ${messageOf(error)}`);
    }
  }
  return done;
}

/** Undefined, and nothing done, when the run's sender lives or has just sent the rest by itself. */
async function withLock(directory: string, handOver: () => Promise<string>): Promise<string | undefined> {
  let lock: Awaited<ReturnType<typeof takeLock>>;
  try {
    lock = await takeLock(lockPath(directory), { noWait: true });
  } catch (error) {
    if (error instanceof LockHeld) return undefined;
    throw error;
  }
  try {
    if (!existsSync(join(directory, NOTE_FILE))) {
      // Taking the lock has made the directory anew.
      await removeSpool(directory);
      return undefined;
    }
    const run = await handOver();
    await removeSpool(directory);
    return run;
  } finally {
    await lock.release();
  }
}

async function handOver(store: IngestStore, { directory, note }: SpooledRun): Promise<string> {
  const { runUid, run, file } = note;
  const handle = await open(join(directory, file), 'r');
  try {
    const { size } = await handle.stat();
    let answer = await store.open({ runUid, run, file });
    for (;;) {
      if (!answer.ok) throw new Error(answer.error);
      const { length } = answer;
      if (length > size)
        throw new Error(`the hub has ${length} bytes of ${file} and the spool ${size}: not the same file.`);
      if (length === size) return answer.run;
      const bytes = new Uint8Array(Math.min(STRETCH_BYTES, size - length));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, length);
      answer = await store.write({ runUid, file, offset: length }, bytes.subarray(0, bytesRead));
      if (answer.ok && answer.length === length)
        throw new Error(`the hub does not take more than ${length} bytes of ${file}.`);
    }
  } finally {
    await store.close({ runUid, file });
    await handle.close();
  }
}
