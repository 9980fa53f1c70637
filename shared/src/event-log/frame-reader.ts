/**
 * A push reader of frames that copes with arbitrary bytes: it always terminates, buffers no more than one record,
 * delivers every intact record and reports everything else as a gap.
 *
 * Where a frame is expected, a length with a matching checksum is trusted. If the checksum of the data does not match,
 * there are two cases. If a valid header follows where the frame should end, the data are damaged and the whole frame is
 * skipped, so that its contents (which may embed a log) are not mistaken for records. Otherwise the frame was never
 * completed and something else was written behind it, so the search for the next frame starts inside it. A search ends
 * only where the checksums of both header and data match: a header alone may match by chance.
 */
import { maskedCrc32c } from './crc32c.js';
import { FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES } from './frame.js';

/** The longest event that a reader accepts; a longer one is reported as a gap. */
export const RECORD_BYTES = 256 * 1024 * 1024;

export interface FrameGap {
  /** Position in the file and length, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** What is wrong, as a sentence. */
  readonly reason: string;
}

export interface FrameReaderOptions {
  /**
   * Called with each intact frame. `data` is a view that is valid only during the call: copy what you keep. `offset` is
   * where the frame begins in the file (its data begin 12 bytes later), `length` is the length of the data.
   */
  readonly onEvent: (data: Uint8Array, offset: number, length: number) => void;
  readonly onGap: (gap: FrameGap) => void;
  /** A frame that claims more is treated as damage; nothing is buffered or allocated for it. */
  readonly maxRecordBytes?: number;
  /** Offset in the file of the first pushed byte, where a frame must begin. */
  readonly offset?: number;
}

export interface FrameReader {
  /** Takes the next bytes of the file, any number of them. */
  push(bytes: Uint8Array): void;
  /**
   * Signals that there are no more bytes for now. Reports damage at the end, which `push` holds back because more bytes
   * may show how far it extends. A record that is still being written is not damage. More may be pushed afterwards.
   */
  finish(): void;
  /** Number of bytes that are buffered until more arrive. */
  readonly pendingBytes: number;
  /** Offset in the file of the next pushed byte. */
  readonly offset: number;
}

/**
 * During a search, candidates longer than SHORT_RECORD are checked only while the bytes checksummed in vain are fewer
 * than about this many times the bytes searched. This bounds the cost of false headers.
 */
const SEARCH_EFFORT = 64;
const SHORT_RECORD = 64 * 1024;

const BAD_DATA = "The record's checksum does not match its data.";
const BAD_HEADER = 'No record begins here: the checksum of its length does not match.';

export function createFrameReader(options: FrameReaderOptions): FrameReader {
  const { onEvent, onGap, maxRecordBytes = RECORD_BYTES } = options;
  /** The unprocessed bytes are held[start, end). `origin` is the file offset of held[0]. */
  let held: Uint8Array = new Uint8Array(0);
  let start = 0;
  let end = 0;
  let origin = options.offset ?? 0;
  /** Whether `held` may be written to. If not, it is a view of the bytes that were pushed. */
  let owned = true;
  /** The number of unprocessed bytes from which another attempt can succeed. */
  let needed = FRAME_HEADER_BYTES;
  /** File offset where the current damage began; undefined where a frame is expected. */
  let damaged: number | undefined;
  let reason = '';
  /** Number of bytes checksummed in vain during this search. */
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
    // Advance before calling back, so that a throwing callback does not see the same record twice.
    start += length + FRAME_OVERHEAD_BYTES;
    const dataStart = at + FRAME_HEADER_BYTES;
    onEvent(held.subarray(dataStart, dataStart + length), origin + at, length);
  };

  /** Processes what can be decided; `final` means that there are no more bytes for now. */
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
      // The data are damaged. What follows shows whether the length can be trusted.
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

  /** Advances to the next valid header; returns false if there is none yet. */
  const search = (): boolean => {
    const bytes = held;
    const last = end - FRAME_HEADER_BYTES;
    let at = start;
    for (; at <= last; at++) {
      // The cheap test first: lengths are far below 2^32, and random bytes rarely have four zeros here.
      if ((bytes[at + 7]! | bytes[at + 6]! | bytes[at + 5]! | bytes[at + 4]!) !== 0) continue;
      if (readUint32(bytes, at + 8) === 0 && readUint32(bytes, at) === 0) {
        // A crash may leave a long run of zeros. A header can only begin in its last bytes, so skip to them.
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

  /** Releases the buffer, which may be large after a large record. */
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

  /** Makes `held` a writable buffer with room for `more` bytes and drops the processed bytes from it. */
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
      // The caller may reuse its bytes after the call: copy them.
      else if (!owned) makeRoom(0);
    },
    finish() {
      run(true);
      if (damaged === undefined) return;
      if (end - start >= FRAME_HEADER_BYTES && header(start)) {
        // The damage ends at a record that is still being written.
        leaveDamage(origin + start);
        return;
      }
      const all = origin + end;
      stateGap(damaged, all);
      // The damage may continue. The search goes on, and the next gap covers only the new part.
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

/** Exact below 2^53; larger lengths are inexact but exceed every limit. */
function frameLength(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) + readUint32(bytes, at + 4) * 2 ** 32;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
