/** The event file that the writer appends to and the sender reads from. It runs in the writer's thread, so it is synchronous. */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';

/** While the disk refuses writes, so many bytes are kept in memory. Maps may take half of it. */
const BACKLOG_BYTES = 64 * 1024 * 1024;

export interface SpoolFile {
  /** Bytes on disk. */
  length(): number;
  /** Bytes in memory that are still to be written. */
  waiting(): number;
  /**
   * Appends whole frames, in the order of the calls. Returns false when they were dropped because the disk has refused
   * writes for too long; `droppable` frames are dropped once half of the memory is taken.
   */
  append(frames: Uint8Array, droppable: boolean): boolean;
  /** Tries again to write what is kept in memory. */
  retry(): void;
  read(offset: number, length: number): Uint8Array;
  /** A sentence while the disk refuses writes. */
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
  /** Whether a failed write may have left bytes beyond `length`. */
  let torn = false;
  let backlog: Uint8Array[] = [];
  let waiting = 0;
  let problem: string | undefined;

  /** Writes all of it or nothing: a partial write is truncated, so that no partial frame stays in the file. */
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
      problem = `The log file ${path} cannot be written (${messageOf(error)}). Records are kept in memory until the disk accepts them; maps are dropped first.`;
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
        // Readers must not find a partial frame at the end.
        if (torn) disk.truncate(descriptor, length);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
