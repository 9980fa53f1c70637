import type { EventReader } from './event-reader.js';
import { EventRanges } from './index/event-ranges.js';
import type { IndexedGap } from './index/run-index.js';

/** Bytes before the place read last that are compared each time: a file that was written anew differs there. */
export const OVERLAP_BYTES = 32;

/** How far one event file has been read. */
export class FollowedFile {
  readonly name: string;
  readonly path: string;
  /** Index into the run's files. */
  readonly number: number;
  readonly ranges = new EventRanges();
  readonly reader: EventReader;
  /** null before the first look. */
  identity: string | null = null;
  size = 0;
  /** Seconds since the epoch. */
  modified = 0;
  /** Bytes that were read and handed to the reader. */
  offset = 0;
  /** The last of them. */
  tail = new Uint8Array(0);
  /** Something may have changed since the last look. */
  dirty = true;
  /** Whether the reader was told that nothing more is there for now. */
  finished = false;
  /** Of the newest event of this file. */
  lastStep: number | null = null;
  /** Gaps that no event has followed yet. */
  openGaps: IndexedGap[] = [];

  constructor(name: string, path: string, number: number, reader: EventReader) {
    this.name = name;
    this.path = path;
    this.number = number;
    this.reader = reader;
  }

  /** Takes in what was read at `offset − tail.length`; returns the new bytes, or null when the file is not the same any more. */
  take(bytes: Uint8Array): Uint8Array | null {
    const overlap = this.tail.length;
    if (bytes.length < overlap || Buffer.compare(bytes.subarray(0, overlap), this.tail) !== 0) return null;
    this.tail = bytes.slice(Math.max(0, bytes.length - OVERLAP_BYTES));
    this.offset += bytes.length - overlap;
    return bytes.subarray(overlap);
  }
}
