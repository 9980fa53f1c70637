/** The event file that the writer appends to and the sender reads from. Synchronous: it lives in a thread of its own. */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** While the disk is full, this much waits in memory; beyond it maps are refused first, then everything. */
const BACKLOG_BYTES = 64 * 1024 * 1024;
/** The part of it that maps may take. */
const BACKLOG_MAP_BYTES = BACKLOG_BYTES / 2;

export interface SpoolFile {
  /** Bytes on disk. */
  length(): number;
  /**
   * Appends whole frames. False when they were given up because the disk has been full for too long.
   * What waits is written before what comes later: the order of the file is the order of the calls.
   */
  append(bytes: Uint8Array, droppable: boolean): boolean;
  /** Tries again to write what waits. */
  retry(): void;
  read(offset: number, length: number): Uint8Array;
  /** A sentence while the disk refuses. */
  problem(): string | undefined;
  close(): void;
}

export function openSpoolFile(directory: string, name: string): SpoolFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  const descriptor = openSync(path, 'ax+', 0o644);
  let length = fstatSync(descriptor).size;
  let backlog: Uint8Array[] = [];
  let waiting = 0;
  let problem: string | undefined;

  /** Writes all of it or nothing: a partial write is cut off again, so that no half frame stays in the middle. */
  function write(bytes: Uint8Array): boolean {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
      length += written;
      problem = undefined;
      return true;
    } catch (error) {
      problem = `The log file ${path} cannot be written (${(error as Error).message}); trying again, nothing but maps is given up.`;
      ftruncateSync(descriptor, length);
      return false;
    }
  }

  function flush(): boolean {
    while (backlog.length > 0) {
      const first = backlog[0]!;
      if (!write(first)) return false;
      backlog = backlog.slice(1);
      waiting -= first.length;
    }
    return true;
  }

  return {
    length: () => length,
    append(bytes, droppable) {
      if (flush() && write(bytes)) return true;
      const room = droppable ? BACKLOG_MAP_BYTES : BACKLOG_BYTES;
      if (waiting + bytes.length > room) return false;
      backlog.push(bytes);
      waiting += bytes.length;
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
    close: () => closeSync(descriptor),
  };
}
