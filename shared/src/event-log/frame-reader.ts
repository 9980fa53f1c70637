/**
 * A push reader of frames that survives any bytes: it ends, holds no more than one record, hands out every intact
 * record and names everything else as a gap.
 *
 * At a frame's place it trusts a length whose checksum agrees. When the data's checksum then does not agree, the
 * frame is passed over if a good header follows where it should end (one flipped bit; what lies inside, a picture
 * of a log, say, is not mistaken for records). Otherwise the frame was never written in full and something else was
 * written behind, so the search for the next frame begins inside it. A search takes the next 12 bytes whose
 * checksum agrees and whose data's checksum agrees too, so that no twelve lucky bytes end it.
 */
import { maskedCrc32c } from './crc32c.js';
import { FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES } from './frame.js';

/** Longest event that a reader accepts; a longer one is a gap. */
export const RECORD_BYTES = 256 * 1024 * 1024;

export interface FrameGap {
  /** Where in the file, and how many bytes. */
  readonly offset: number;
  readonly length: number;
  /** A sentence. */
  readonly reason: string;
}

export interface FrameReaderOptions {
  /**
   * An intact frame. `data` is a view that is valid during the call only: copy what is kept. `offset` is where the
   * frame begins in the file (its data lies 12 bytes on), `length` is that of the data.
   */
  readonly onEvent: (data: Uint8Array, offset: number, length: number) => void;
  readonly onGap: (gap: FrameGap) => void;
  /** A frame that claims more is damage: nothing is held or allocated for it. */
  readonly maxRecordBytes?: number;
  /** Where in the file the first pushed byte lies: a place where a frame begins. */
  readonly offset?: number;
}

export interface FrameReader {
  /** The next bytes of the file, any number of them. */
  push(bytes: Uint8Array): void;
  /**
   * Nothing more is there for now: damage at the end, which was held back until more bytes would show how far it
   * goes, is stated. A record that is still being written is no damage. More may be pushed afterwards.
   */
  finish(): void;
  /** Bytes held back, waiting for more. */
  readonly pendingBytes: number;
  /** Where in the file the next pushed byte lies. */
  readonly offset: number;
}

/** Data of long candidates are checked in a search until this many times the searched bytes were looked at. */
const SEARCH_EFFORT = 64;
const SHORT_RECORD = 64 * 1024;

const BAD_DATA = "The record's checksum does not match its data.";
const BAD_HEADER = 'No record begins here: the checksum of its length does not match.';

export function createFrameReader(options: FrameReaderOptions): FrameReader {
  const { onEvent, onGap, maxRecordBytes = RECORD_BYTES } = options;
  /** Bytes that are not dealt with: held[start, end). `origin` is the file offset of held[0]. */
  let held: Uint8Array = new Uint8Array(0);
  let start = 0;
  let end = 0;
  let origin = options.offset ?? 0;
  /** Whether `held` is ours to write into, or a view of what was pushed. */
  let owned = true;
  /** How many bytes must be there before looking again makes sense. */
  let needed = FRAME_HEADER_BYTES;
  /** File offset where the damage began; undefined at a frame's place. */
  let damaged: number | undefined;
  let reason = '';
  /** Bytes whose checksum was taken in vain during this search. */
  let effort = 0;

  const header = (at: number): boolean =>
    maskedCrc32c(held, at, at + 8) === readUint32(held, at + 8) && frameLength(held, at) <= maxRecordBytes;
  const dataMatches = (at: number, length: number): boolean => {
    const dataStart = at + FRAME_HEADER_BYTES;
    return maskedCrc32c(held, dataStart, dataStart + length) === readUint32(held, dataStart + length);
  };
  const stateGap = (from: number, to: number): void => {
    if (to > from) onGap({ offset: from, length: to - from, reason });
  };
  const leaveDamage = (at: number): void => {
    const from = damaged!;
    damaged = undefined;
    effort = 0;
    stateGap(from, at);
  };
  const deliver = (length: number): void => {
    const at = start;
    // The place is moved on first: what a callback throws must not make it come again.
    start += length + FRAME_OVERHEAD_BYTES;
    const dataStart = at + FRAME_HEADER_BYTES;
    onEvent(held.subarray(dataStart, dataStart + length), origin + at, length);
  };

  /** Deals with what can be decided; `final` when nothing more is there for now. */
  const run = (final: boolean): void => {
    for (;;) {
      if (damaged !== undefined && !search()) return;
      const rest = end - start;
      if (rest < FRAME_HEADER_BYTES) {
        needed = FRAME_HEADER_BYTES;
        return;
      }
      if (!header(start)) {
        beginDamage(origin + start, headerReason(held, start, maxRecordBytes), 1);
        continue;
      }
      const length = frameLength(held, start);
      const size = length + FRAME_OVERHEAD_BYTES;
      if (rest < size) {
        needed = size;
        return;
      }
      if (dataMatches(start, length)) {
        if (damaged !== undefined) leaveDamage(origin + start);
        deliver(length);
        continue;
      }
      if (damaged !== undefined) {
        effort += length;
        start++;
        continue;
      }
      // The data are damaged: what follows tells whether the length is to be trusted.
      const behind = size + FRAME_HEADER_BYTES;
      if (rest < behind && !final) {
        needed = behind;
        return;
      }
      const trusted = rest < behind || header(start + size);
      beginDamage(origin + start, BAD_DATA, trusted ? size : FRAME_HEADER_BYTES);
      if (trusted) leaveDamage(origin + start);
    }
  };

  const beginDamage = (from: number, why: string, skip: number): void => {
    damaged = from;
    reason = why;
    start += skip;
  };
  const effortLimit = (): number => maxRecordBytes + SEARCH_EFFORT * (origin + start - (damaged ?? 0));

  /** Goes on to the next place where a header agrees; false when there is none yet. */
  const search = (): boolean => {
    const bytes = held;
    const last = end - FRAME_HEADER_BYTES;
    let at = start;
    for (; at <= last; at++) {
      // Cheap first: lengths are far below 2^32, and a wrong length rarely has four zeros there.
      if ((bytes[at + 7]! | bytes[at + 6]! | bytes[at + 5]! | bytes[at + 4]!) !== 0) continue;
      if (readUint32(bytes, at + 8) === 0 && readUint32(bytes, at) === 0) {
        // A zero tail, as a crash leaves it, may be long: no header lies in it before its end comes near.
        let zeros = at + FRAME_HEADER_BYTES;
        while (zeros < end && bytes[zeros] === 0) zeros++;
        at = zeros - FRAME_HEADER_BYTES;
        continue;
      }
      start = at;
      if (header(at) && (effort <= effortLimit() || frameLength(bytes, at) <= SHORT_RECORD)) return true;
    }
    start = at;
    needed = FRAME_HEADER_BYTES;
    return false;
  };

  /** Lets go of the buffer, which a large record may have made large. */
  const release = (): void => {
    origin += end;
    held = new Uint8Array(0);
    owned = true;
    start = 0;
    end = 0;
  };

  const take = (bytes: Uint8Array): void => {
    if (start === end) {
      release();
      held = bytes;
      owned = false;
      end = bytes.length;
      return;
    }
    makeRoom(bytes.length);
    held.set(bytes, end);
    end += bytes.length;
  };

  /** Makes `held` a buffer of ours with room for more, and what was dealt with leaves it. */
  const makeRoom = (more: number): void => {
    const rest = end - start;
    if (owned && held.length - end >= more) return;
    const room = owned && held.length >= rest + more && start >= rest;
    const target = room ? held : new Uint8Array(Math.max(rest + more, Math.min(2 * rest, needed)));
    if (room) target.copyWithin(0, start, end);
    else target.set(held.subarray(start, end));
    held = target;
    owned = true;
    origin += start;
    start = 0;
    end = rest;
  };

  return {
    push(bytes) {
      if (bytes.length === 0) return;
      take(bytes);
      if (end - start >= needed) run(false);
      if (start === end) release();
      // Views of the caller's bytes end with the call.
      else if (!owned) makeRoom(0);
    },
    finish() {
      run(true);
      if (damaged === undefined) return;
      if (end - start >= FRAME_HEADER_BYTES && header(start)) {
        // A record that is still being written follows the damage.
        leaveDamage(origin + start);
        return;
      }
      const all = origin + end;
      stateGap(damaged, all);
      // What comes next may still be damage: the search goes on, and only what is new is stated again.
      damaged = Math.max(damaged, all);
    },
    get pendingBytes() {
      return end - start;
    },
    get offset() {
      return origin + end;
    },
  };
}

function headerReason(bytes: Uint8Array, at: number, limit: number): string {
  if (maskedCrc32c(bytes, at, at + 8) !== readUint32(bytes, at + 8)) return BAD_HEADER;
  return `A record claims ${frameLength(bytes, at)} bytes, more than the limit of ${limit}.`;
}

/** Exact below 2^53, and beyond any limit otherwise. */
function frameLength(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) + readUint32(bytes, at + 4) * 2 ** 32;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
