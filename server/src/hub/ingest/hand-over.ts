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
  type SpoolNote,
} from '../../writer/spool.js';
import type { IngestStore } from './ingest-store.js';

const STRETCH_BYTES = Math.min(1024 * 1024, LIMITS.ingestBytes);

export interface HandOverOptions {
  readonly cacheDirectory: string;
  /** Absolute: only runs that were meant for it are handed over. */
  readonly logdir: string;
  readonly log: (sentence: string) => void;
  /** Called with the id of each run that was handed over whole. */
  readonly done?: (runUid: string) => void;
}

/** Resolves to the ids of the runs that were handed over whole. A run whose sender lives is left to it. */
export async function handOverSpools(store: IngestStore, options: HandOverOptions): Promise<string[]> {
  const done: string[] = [];
  for (const spooled of await listSpool(options.cacheDirectory, options.log)) {
    if (!(await isMeantFor(spooled.note, options.logdir))) continue;
    try {
      const run = await withLock(spooled.directory, () => handOver(store, spooled));
      if (run === undefined) continue;
      options.done?.(spooled.note.runUid);
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
  const { runUid, run, file, from = 0 } = note;
  const handle = await open(join(directory, file), 'r');
  const read = async (at: number, length: number) => {
    const bytes = new Uint8Array(Math.min(STRETCH_BYTES, length));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at - from);
    return bytes.subarray(0, bytesRead);
  };
  let isOpen = false;
  try {
    const end = from + (await handle.stat()).size;
    let answer = await store.open({ runUid, run, file });
    isOpen = answer.ok;
    for (;;) {
      if (!answer.ok) throw new Error(answer.error);
      const { length } = answer;
      if (length < from)
        throw new Error(
          `the hub has ${length} bytes of ${file} and the spool only what follows byte ${from}, which the hub had before.`,
        );
      if (length > end) {
        await requireSame(store, note, read, from, end, length);
        return answer.run;
      }
      if (length === end) return answer.run;
      const bytes = await read(length, end - length);
      answer = await store.write({ runUid, file, offset: length }, bytes);
      if (answer.ok && answer.length === length)
        throw new Error(`the hub does not take more than ${length} bytes of ${file}.`);
    }
  } finally {
    // Closing what was not opened would close it for another sender.
    if (isOpen) await store.close({ runUid, file });
    await handle.close();
  }
}

/**
 * The hub may have more than the spool: what the cache had no room for has gone there from memory. Then it has the
 * spool's bytes as well.
 * @throws Error when it has others
 */
async function requireSame(
  store: IngestStore,
  { runUid, file }: Pick<SpoolNote, 'runUid' | 'file'>,
  read: (at: number, length: number) => Promise<Uint8Array>,
  from: number,
  end: number,
  length: number,
): Promise<void> {
  for (let at = from; at < end; ) {
    const bytes = await read(at, end - at);
    if (bytes.length === 0 || !(await store.holds({ runUid, file, offset: at }, bytes)))
      throw new Error(
        `the hub has ${length} bytes of ${file} and the spool ${end}, and they are not the same file.`,
      );
    at += bytes.length;
  }
}
