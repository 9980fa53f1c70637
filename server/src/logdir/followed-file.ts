import type { EventReader } from '@convscope/shared/event-log/event-reader.js';
import { EventRanges } from '@convscope/shared/log-index/event-ranges.js';
import type { IndexedGap } from '@convscope/shared/log-index/run-index.js';
import type { KeptIndex } from './kept-index.js';

/** Number of bytes before the read position that are compared on each read, to detect a file that was rewritten. */
export const OVERLAP_BYTES = 32;

/** What the beginning of a file was when it was read. */
export interface Seal {
  readonly upTo: number;
  /** The state of a CRC after these bytes. */
  readonly register: number;
  /** When the file had been changed last. */
  readonly modified: number;
  /** The same when all of it was read last. */
  readonly compared: number;
}

/** An event file and how far it has been read. */
export class FollowedFile {
  readonly name: string;
  readonly path: string;
  /** Index into the run's files. */
  readonly number: number;
  readonly ranges = new EventRanges();
  /** Replaced when another reader has gone on in between. */
  reader: EventReader;
  /** null before the first read. */
  identity: string | null = null;
  size = 0;
  /** Seconds since the epoch; null before the first read. */
  modified: number | null = null;
  /** Where the reader wants to read next. It goes back to a record that was not complete. */
  offset = 0;
  /** How much was read at most: a shorter file was replaced. */
  readTo = 0;
  /** The last OVERLAP_BYTES before `offset`, or fewer that are known. */
  tail = new Uint8Array(0);
  /** Whether its end was reached at least once. It may have grown since. */
  isReadToEnd = false;
  /** Whether the last attempt to read it has failed. */
  isUnreadable = false;
  /** Whether the reader's `finish` was called after the last bytes. */
  finished = false;
  /** Whether it was changed without growing: what was read of it may be void. */
  isTouched = false;
  /** What it is compared with when it has changed; null until that is known. */
  seal: Seal | null = null;
  /** The step of the newest event in this file. */
  lastStep: number | null = null;
  /** Whether the hub reads the file itself, because a thread that read it in bulk has died. */
  isReadHere = false;
  /** Where threads stopped last: what follows was not complete. */
  bulkEnd = -1;
  /** Its index on disk; undefined while it is not known whether there is one. */
  kept: KeptIndex | undefined;
  /** Listed gaps that have not been announced, because no event has followed them yet. */
  openGaps: IndexedGap[] = [];

  constructor(name: string, path: string, number: number, openReader: (file: FollowedFile) => EventReader) {
    this.name = name;
    this.path = path;
    this.number = number;
    this.reader = openReader(this);
  }

  /** Takes bytes read from `offset − tail.length` on. Returns the new ones, or null if the file was rewritten. */
  take(bytes: Uint8Array): Uint8Array | null {
    const overlap = this.tail.length;
    if (bytes.length < overlap || Buffer.compare(bytes.subarray(0, overlap), this.tail) !== 0) return null;
    // A copy, which `slice` of a Buffer is not: the memory is used again, or handed to a thread.
    this.tail = new Uint8Array(bytes.subarray(Math.max(0, bytes.length - OVERLAP_BYTES)));
    this.offset += bytes.length - overlap;
    this.readTo = Math.max(this.readTo, this.offset);
    return bytes.subarray(overlap);
  }

  /** Begins at an offset up to which somebody else has read. `tail` are the last bytes before it, as far as known. */
  startAt(offset: number, tail: Uint8Array | null): void {
    this.offset = offset;
    this.readTo = offset;
    this.tail = tail === null ? new Uint8Array(0) : new Uint8Array(tail);
  }

  /** Goes on where the reader wants to, which may lie in or before the bytes that were read last. */
  followReader(bytes?: Uint8Array): void {
    this.goTo(this.reader.offset, bytes);
  }

  /** Goes on at another offset. `bytes` are those that were read last, up to the present offset. */
  goTo(offset: number, bytes: Uint8Array = new Uint8Array(0)): void {
    if (offset === this.offset) return;
    const end = Math.max(0, bytes.length - (this.offset - offset));
    this.tail =
      end <= bytes.length
        ? new Uint8Array(bytes.subarray(Math.max(0, end - OVERLAP_BYTES), end))
        : new Uint8Array(0);
    this.offset = offset;
  }
}
