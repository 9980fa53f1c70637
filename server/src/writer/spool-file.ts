/**
 * The file that holds a run's log, or the part of it that the hub may still need. It runs in the writer's thread, so it
 * is synchronous. Every call may fail with the error of a system call.
 */
import { closeSync, fstatSync, ftruncateSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';

export interface SpoolFile {
  readonly path: string;
  /** Bytes in the file. */
  length(): number;
  /** Appends all of `bytes` or throws. What a failed write has left is cut off before the next one. */
  append(bytes: Uint8Array): void;
  /** @throws Error when the file has become shorter */
  read(offset: number, length: number): Uint8Array;
  /** Whether the path still leads to this file, so that another process finds it. */
  isInPlace(): boolean;
  /** Readers must not find a partial frame at the end, so one is cut off. */
  close(): void;
}

/** The calls that touch the disk; tests let them fail. */
export interface SpoolDisk {
  /** Writes bytes[from…] at `position` of the file. @returns how many were written */
  write(descriptor: number, bytes: Uint8Array, from: number, position: number): number;
  truncate(descriptor: number, length: number): void;
}

const localDisk: SpoolDisk = {
  write: (descriptor, bytes, from, position) =>
    writeSync(descriptor, bytes, from, bytes.length - from, position),
  truncate: ftruncateSync,
};

/** @throws Error when there is a file already */
export function openSpoolFile(path: string, disk = localDisk): SpoolFile {
  const descriptor = openSync(path, 'wx+', 0o644);
  const opened = fstatSync(descriptor, { bigint: true });
  let length = 0;
  /** Whether a failed write may have left bytes beyond `length`. */
  let torn = false;

  return {
    path,
    length: () => length,
    append(bytes) {
      if (torn) disk.truncate(descriptor, length);
      torn = true;
      for (let written = 0; written < bytes.length; )
        written += disk.write(descriptor, bytes, written, length + written);
      torn = false;
      length += bytes.length;
    },
    read(offset, wanted) {
      const bytes = new Uint8Array(Math.max(0, Math.min(wanted, length - offset)));
      for (let got = 0; got < bytes.length; ) {
        const n = readSync(descriptor, bytes, got, bytes.length - got, offset + got);
        if (n === 0)
          throw new Error(`${path} was shortened: its bytes ${offset + got} to ${length} are gone.`);
        got += n;
      }
      return bytes;
    },
    isInPlace() {
      try {
        const found = lstatSync(path, { bigint: true });
        return found.ino === opened.ino && found.dev === opened.dev;
      } catch {
        // Whatever the reason, another process does not find the file either.
        return false;
      }
    },
    close() {
      try {
        if (torn) disk.truncate(descriptor, length);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
