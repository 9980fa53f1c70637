/** The event file that the writer appends to and the sender reads from. Synchronous: it lives in a thread of its own. */

import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';

/** While the disk refuses, this much waits in memory; beyond it maps are refused first, then everything. */
const BACKLOG_BYTES = 64 * 1024 * 1024;

export interface SpoolFile {
  /** Bytes on disk. */
  length(): number;
  /** Bytes in memory that the disk has refused so far. */
  waiting(): number;
  /**
   * Appends whole frames. False when they were given up because the disk has refused for too long; `droppable`
   * ones go when half of the memory is taken. What waits is written before what comes later: the order of the
   * file is the order of the calls.
   */
  append(frames: Uint8Array, droppable: boolean): boolean;
  /** Tries again to write what waits. */
  retry(): void;
  read(offset: number, length: number): Uint8Array;
  /** A sentence while the disk refuses. */
  problem(): string | undefined;
  close(): void;
}

/** The calls that touch the disk; tests let them fail. */
export interface SpoolDisk {
  write(descriptor: number, bytes: Uint8Array, from: number): number;
  truncate(descriptor: number, length: number): void;
}

const localDisk: SpoolDisk = { write: writeSync, truncate: ftruncateSync };

export function openSpoolFile(
  directory: string,
  name: string,
  { disk = localDisk, backlogBytes = BACKLOG_BYTES }: { disk?: SpoolDisk; backlogBytes?: number } = {},
): SpoolFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  const descriptor = openSync(path, 'ax+', 0o644);
  let length = fstatSync(descriptor).size;
  /** What a refused write may have left behind `length`. */
  let torn = false;
  let backlog: Uint8Array[] = [];
  let waiting = 0;
  let problem: string | undefined;

  /** Writes all of it or nothing: a partial write is cut off again, so that no half frame stays in the middle. */
  function write(bytes: Uint8Array): boolean {
    try {
      if (torn) disk.truncate(descriptor, length);
      torn = true;
      for (let written = 0; written < bytes.length; ) written += disk.write(descriptor, bytes, written);
      torn = false;
      length += bytes.length;
      problem = undefined;
      return true;
    } catch (error) {
      problem = `The log file ${path} cannot be written (${messageOf(error)}). What comes is kept in memory and written when the disk takes it; maps are the first to be given up.`;
      return false;
    }
  }

  function flush(): boolean {
    let written = 0;
    while (written < backlog.length && write(backlog[written]!)) waiting -= backlog[written++]!.length;
    if (written > 0) backlog = backlog.slice(written);
    return backlog.length === 0;
  }

  return {
    length: () => length,
    waiting: () => waiting,
    append(frames, droppable) {
      if (flush() && write(frames)) return true;
      if (waiting + frames.length > (droppable ? backlogBytes / 2 : backlogBytes)) return false;
      backlog.push(frames);
      waiting += frames.length;
      return true;
    },
    retry: () => void flush(),
    read(offset, wanted) {
      const bytes = new Uint8Array(Math.max(0, Math.min(wanted, length - offset)));
      let got = 0;
      while (got < bytes.length) {
        const n = readSync(descriptor, bytes, got, bytes.length - got, offset + got);
        if (n === 0) return bytes.subarray(0, got);
        got += n;
      }
      return bytes;
    },
    problem: () => problem,
    close() {
      try {
        // The last refused write leaves nothing torn where a reader would look.
        if (torn) disk.truncate(descriptor, length);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
