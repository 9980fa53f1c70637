/**
 * A reader of frames that copes with arbitrary bytes: it always terminates, its work grows with the number of bytes only,
 * it holds no more than one record, delivers every intact record and reports everything else as a gap. What it delivers
 * and reports does not depend on how the bytes are split into pushes. One file of more than 300 lines, because all its
 * parts share one state: what is held of the file, and what is known about the damage there.
 *
 * Where a frame is expected, a length with a matching checksum is trusted. If the checksum of the data does not match,
 * there are two cases. If a valid header follows where the frame should end, the data are damaged and the whole frame is
 * skipped, so that its contents (which may embed a log) are not mistaken for records. Otherwise the frame was never
 * completed and something else was written behind it, so the search for the next frame starts inside it. A search ends
 * only where the checksums of both header and data match: a header alone may match by chance.
 *
 * A record that is not complete yet may still be written, so it is waited for. When the file is quiet, the caller says so
 * and the bytes behind its beginning are looked through: an intact record among them proves that it was torn.
 */
import { maskedCrc32c } from './crc32c.js';
import { FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES } from './frame.js';
import { RECORD_BYTES } from './limits.js';
import { RangeChecksums } from './range-checksums.js';

export interface FrameGap {
  /** Position in the file and length, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** What is wrong, as a sentence of at most REASON_CHARACTERS. */
  readonly reason: string;
}

export interface FrameReaderOptions {
  /**
   * Called with each intact frame. `data` is a view that is valid only during the call: copy what you keep. `offset` is
   * where the frame begins in the file (its data begin 12 bytes later), `length` is the length of the data.
   */
  readonly onEvent: (data: Uint8Array, offset: number, length: number) => void;
  readonly onGap: (gap: FrameGap) => void;
  /**
   * A faster reader of frames. It takes intact frames from the beginning of bytes[start, end), as many as it knows, and
   * returns where the first begins that it leaves to this reader. A taken frame is not passed to `onEvent`. It is not asked
   * where bytes are damaged.
   */
  readonly takeFrames?: (bytes: Uint8Array, start: number, end: number) => number;
  /** A frame that claims more is treated as damage; nothing is buffered or allocated for it. */
  readonly maxRecordBytes?: number;
  /**
   * How many bytes may be held between two pushes; unlimited by default. A reader with a limit drops what is more and
   * wants it again, so its caller must push what `next` names.
   */
  readonly holdBytes?: number;
  /** Where another reader of the file stopped. By default the beginning of the file. */
  readonly from?: ReadingPlace;
}

/** Where another reader can go on. It delivers and reports the same as the one that stopped there. */
export interface ReadingPlace {
  /** Offset in the file of the next byte to push. A frame begins there, unless there is damage. */
  readonly offset: number;
  /** Damage that began before `offset`, is not reported yet, and may end at `offset` or later. */
  readonly damage?: { readonly from: number; readonly reason: string };
}

/** Bytes of the file: those from `offset` on, of which `length` must be pushed at once. More is welcome. */
export interface WantedBytes {
  readonly offset: number;
  readonly length: number;
}

export interface FrameReader {
  /** Takes the bytes of the file from `offset` on, any number of them. */
  push(bytes: Uint8Array): void;
  /** What to push next, given the size of the file; null if nothing can be decided before the file grows. */
  next(size: number): WantedBytes | null;
  /**
   * Signals that the file has not grown for a while. A record that is not complete turns out to be torn if intact records
   * follow, and damage at the end is reported, which `push` holds back because more bytes may show how far it extends.
   * More may be pushed afterwards. With `holdBytes`, `next` may want bytes up to `size` before this is decided.
   * @param size of the file; that of what was pushed by default
   */
  finish(size?: number): void;
  /** Like `finish` for a file that grows all the time: reports only what following records prove. */
  lookBehind(size?: number): void;
  /** Number of bytes that are held until more arrive. */
  readonly pendingBytes: number;
  /** Offset in the file of the next pushed byte. With `holdBytes` it may go back. */
  readonly offset: number;
  /** Offset in the file of the record that is not complete; undefined if none is waited for. */
  readonly waitsAt: number | undefined;
  /** Where another reader can go on; null while it is being decided what the end of the file is. */
  readonly place: ReadingPlace | null;
  /** Number of bytes that were looked at, each as often as it was: for tests of the bound. */
  readonly work: number;
}

const BAD_DATA = "The record's checksum does not match its data.";
const BAD_HEADER = 'No record begins here: the checksum of its length does not match.';
const TORN = 'The record was never completed: intact records follow within the length that it claims.';

/** The work for a header that is found in damaged bytes, in bytes. */
const CANDIDATE_WORK = 64;
/** All looks behind incomplete records together may pass each byte of the file this often, and so many bytes besides. */
const LOOKS_PER_BYTE = 8;
const FREE_LOOK_BYTES = 256 * 1024;

export function createFrameReader(options: FrameReaderOptions): FrameReader {
  const {
    onEvent,
    onGap,
    takeFrames,
    maxRecordBytes = RECORD_BYTES,
    holdBytes = Number.POSITIVE_INFINITY,
  } = options;
  /** The unprocessed bytes are held[start, end). `origin` is the file offset of held[0]. */
  let held: Uint8Array = new Uint8Array(0);
  let start = 0;
  let end = 0;
  let origin = options.from?.offset ?? 0;
  /** Whether `held` may be written to. If not, it is a view of the bytes that were pushed. */
  let owned = true;
  /** The number of unprocessed bytes from which another attempt can succeed, and a better number to have. */
  let needed = FRAME_HEADER_BYTES;
  let wanted = FRAME_HEADER_BYTES;
  /** File offset where the current damage began; undefined where a frame is expected. */
  let damaged = options.from?.damage?.from;
  let reason = options.from?.damage?.reason ?? '';
  /** The checksums of what was found to be damaged, while some of it is unprocessed. */
  let sums: RangeChecksums | undefined;
  let workDone = 0;
  /** File offset at which the file ends, while it is decided what its end is; infinite otherwise. */
  let fileEnd = Number.POSITIVE_INFINITY;
  let reportsEnd = false;
  /** Whether a record in this damage had to be read again and turned out to be none. */
  let hasMissed = false;
  /** The incomplete record behind which intact ones are looked for. It is the current damage until none is found. */
  let doubted: { readonly offset: number; readonly size: number } | undefined;
  /** The first header of this search whose record goes beyond the end of the file. */
  let passed: { readonly offset: number; readonly size: number } | undefined;
  /** The last look behind an incomplete record that found nothing, and where the next one begins. */
  let looked: { offset: number; from: number; end: number } | undefined;
  /** Number of bytes that all looks have passed. */
  let lookedBytes = 0;

  const header = (at: number): boolean =>
    maskedCrc32c(held, at, at + 8) === readUint32(held, at + 8) && frameLength(held, at) <= maxRecordBytes;
  const need = (least: number, better = least): false => {
    needed = least;
    wanted = better;
    return false;
  };
  const stateGap = (from: number, to: number): void => {
    if (to > from) onGap({ offset: from, length: to - from, reason });
  };
  const beginDamage = (from: number, why: string, skip: number): void => {
    damaged = from;
    reason = why;
    start += skip;
  };
  const leaveDamage = (at: number): void => {
    const from = damaged!;
    damaged = undefined;
    passed = undefined;
    doubted = undefined;
    hasMissed = false;
    stateGap(from, at);
  };
  const deliver = (length: number): void => {
    const at = start;
    // Advance before calling back, so that a throwing callback does not see the same record twice.
    start += length + FRAME_OVERHEAD_BYTES;
    const dataStart = at + FRAME_HEADER_BYTES;
    onEvent(held.subarray(dataStart, dataStart + length), origin + at, length);
  };

  /** Whether the checksum of a complete record matches. A mismatch costs its length only once for each byte. */
  const dataMatches = (at: number, length: number): boolean => {
    const dataStart = at + FRAME_HEADER_BYTES;
    const stored = readUint32(held, dataStart + length);
    if (sums !== undefined && sums.end <= origin + at) forgetSums();
    if (sums === undefined) {
      workDone += length;
      return maskedCrc32c(held, dataStart, dataStart + length) === stored;
    }
    sums.extend(held, origin, origin + dataStart + length);
    workDone += CANDIDATE_WORK;
    return sums.masked(held, origin, origin + dataStart, origin + dataStart + length) === stored;
  };
  const forgetSums = (): void => {
    workDone += sums?.work ?? 0;
    sums = undefined;
  };

  /** Processes what can be decided. */
  const run = (): void => {
    while (damaged === undefined ? readExpected() : search()) {
      // Each turn advances.
    }
  };

  /** Reads the frame at `start`. Returns false if it needs more bytes. */
  const readExpected = (): boolean => {
    if (takeFrames !== undefined && (sums === undefined || sums.end <= origin + start)) {
      const taken = takeFrames(held, start, end);
      workDone += taken - start;
      start = taken;
    }
    const rest = end - start;
    if (rest < FRAME_HEADER_BYTES) {
      if (origin + end >= fileEnd) endLook();
      return need(FRAME_HEADER_BYTES);
    }
    if (!header(start)) {
      beginDamage(origin + start, headerReason(held, start, maxRecordBytes), 1);
      return true;
    }
    const length = frameLength(held, start);
    const size = length + FRAME_OVERHEAD_BYTES;
    const behind = size + FRAME_HEADER_BYTES;
    if (rest < size) {
      if (origin + start + size > fileEnd) return doubt(size);
      return need(size, behind);
    }
    if (dataMatches(start, length)) {
      deliver(length);
      return true;
    }
    // The data are damaged. What follows shows whether the length can be trusted.
    const isLast = origin + end >= fileEnd;
    if (rest < behind && !isLast) return need(behind);
    const trusted = rest < behind || header(start + size);
    beginDamage(origin + start, BAD_DATA, trusted ? size : FRAME_HEADER_BYTES);
    if (trusted) leaveDamage(origin + start);
    return true;
  };

  /** Looks behind the record at `start`, which goes beyond the end of the file. Returns false if that is no use. */
  const doubt = (size: number): boolean => {
    const offset = origin + start;
    if (!mayLook(offset)) {
      endLook();
      return need(size);
    }
    const from = looked?.offset === offset ? looked.from : offset + FRAME_HEADER_BYTES;
    doubted = { offset, size };
    looked = { offset, from, end: fileEnd };
    beginDamage(offset, TORN, 0);
    goTo(from);
    return true;
  };

  /** Whether a look behind the incomplete record at `offset` may find more than the last one, and is worth its work. */
  const mayLook = (offset: number): boolean => {
    if (looked?.offset !== offset) return true;
    const cost = fileEnd - looked.from;
    return fileEnd > looked.end && lookedBytes + cost <= LOOKS_PER_BYTE * fileEnd + FREE_LOOK_BYTES;
  };

  const endLook = (): void => {
    fileEnd = Number.POSITIVE_INFINITY;
    reportsEnd = false;
  };

  /** Continues at a file offset that was passed or is not yet held, by dropping what is held if need be. */
  const goTo = (offset: number): void => {
    if (offset >= origin && offset <= origin + end) start = offset - origin;
    else empty(offset);
  };

  /** Searches the next intact record and delivers it. Returns false if more bytes are needed. */
  const search = (): boolean => {
    sums ??= new RangeChecksums(origin + start);
    sums.extend(held, origin, origin + end);
    for (;;) {
      const at = findHeader();
      start = at;
      if (at + FRAME_HEADER_BYTES > end) {
        // Nothing that is held can be part of a range that is claimed later.
        forgetSums();
        if (origin + end >= fileEnd) return reachEnd();
        return need(FRAME_HEADER_BYTES);
      }
      const length = frameLength(held, at);
      const size = length + FRAME_OVERHEAD_BYTES;
      if (at + size <= end) {
        if (dataMatches(at, length)) {
          leaveDamage(origin + at);
          deliver(length);
          return true;
        }
        hasMissed ||= size > holdBytes;
      } else if (origin + at + size <= fileEnd) {
        // More than the record lets those behind it be judged without reading all of it again. It is required where a
        // record that was read again turned out to be none.
        const isAtEnd = fileEnd < Number.POSITIVE_INFINITY;
        return need(hasMissed && !isAtEnd ? size + (size >> 4) : size, size + (size >> 3));
      } else passed ??= { offset: origin + at, size };
      start++;
    }
  };

  /** The index of the next valid header from `start` on, or of the first byte at which one may still begin. */
  const findHeader = (): number => {
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
      workDone += 8;
      if (header(at)) break;
    }
    workDone += at - start;
    return at;
  };

  /** Decides what the damage is when no intact record was found up to the end of the file. */
  const reachEnd = (): boolean => {
    const isReported = reportsEnd;
    endLook();
    if (doubted !== undefined) {
      const { offset, size } = doubted;
      if (looked !== undefined) {
        lookedBytes += origin + end - looked.from;
        looked.from = passed?.offset ?? Math.max(looked.from, origin + start);
      }
      damaged = undefined;
      doubted = undefined;
      passed = undefined;
      goTo(offset);
      return need(size);
    }
    if (passed !== undefined) {
      const { offset, size } = passed;
      lookedBytes += origin + end - offset;
      looked = { offset, from: offset + FRAME_HEADER_BYTES, end: origin + end };
      passed = undefined;
      // The damage ends at a record that is still being written.
      if (isReported) leaveDamage(offset);
      goTo(offset);
      return need(size);
    }
    if (isReported) {
      // The last bytes may be the beginning of a header; then they are not reported, as a record may follow.
      while (start < end && !mayBeHeader(held, start, end, maxRecordBytes)) start++;
      stateGap(damaged!, origin + start);
      // The damage may continue. The search goes on, and the next gap covers only the new part.
      damaged = Math.max(damaged!, origin + start);
    }
    return need(FRAME_HEADER_BYTES);
  };

  /** Drops everything that is held. */
  const empty = (offset: number): void => {
    forgetSums();
    origin = offset;
    held = new Uint8Array(0);
    owned = true;
    start = 0;
    end = 0;
  };

  const take = (bytes: Uint8Array): void => {
    if (start === end) {
      empty(origin + end);
      held = bytes;
      owned = false;
      end = bytes.length;
      return;
    }
    makeRoom(bytes.length);
    held.set(bytes, end);
    end += bytes.length;
  };

  /**
   * Takes only what completes the record that is held in part, so that the bytes behind it need not be copied. Returns how
   * many bytes it took.
   */
  const complete = (bytes: Uint8Array): number => {
    let taken = 0;
    // First its header may be incomplete, then the record.
    for (let turn = 0; turn < 2 && start < end && damaged === undefined; turn++) {
      const more = needed - (end - start);
      if (more < 1 || more >= bytes.length - taken) break;
      take(bytes.subarray(taken, taken + more));
      taken += more;
      run();
    }
    return taken;
  };

  /** Makes `held` a writable buffer with room for `more` bytes and drops the processed bytes from it. */
  const makeRoom = (more: number): void => {
    const rest = end - start;
    if (owned && held.length - end >= more) return;
    if (sums !== undefined && sums.end > origin + start) sums.advance(held, origin, origin + start);
    else forgetSums();
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

  /** Keeps what is needed for the next push, and nothing of what the caller may reuse. */
  const settle = (): void => {
    // The buffer may be large after a large record.
    if (start === end) empty(origin + end);
    else if (needed > holdBytes) empty(origin + start);
    else if (!owned) makeRoom(0);
  };

  const look = (size: number, isReported: boolean): void => {
    fileEnd = Math.max(size, origin + end);
    reportsEnd = isReported;
    if (damaged !== undefined && !isReported && !mayLook(origin + start)) endLook();
    else run();
    settle();
  };

  return {
    push(bytes) {
      const taken = complete(bytes);
      if (taken < bytes.length) {
        take(bytes.subarray(taken));
        if (end - start >= needed || origin + end >= fileEnd) run();
      }
      settle();
    },
    next(size) {
      const offset = origin + end;
      const from = origin + start;
      if (fileEnd < Number.POSITIVE_INFINITY) {
        if (offset >= fileEnd) return null;
        const to = needed > holdBytes ? from + wanted : from + needed;
        return { offset, length: Math.min(to, fileEnd) - offset };
      }
      if (size < from + needed) return null;
      const to = needed > holdBytes ? Math.min(from + wanted, size) : from + needed;
      return { offset, length: to - offset };
    },
    finish(size = origin + end) {
      look(size, true);
    },
    lookBehind(size = origin + end) {
      look(size, false);
    },
    get pendingBytes() {
      return end - start;
    },
    get offset() {
      return origin + end;
    },
    get waitsAt() {
      return needed > FRAME_HEADER_BYTES ? origin + start : undefined;
    },
    get place() {
      if (fileEnd < Number.POSITIVE_INFINITY) return null;
      const offset = origin + start;
      return damaged === undefined ? { offset } : { offset, damage: { from: damaged, reason } };
    },
    get work() {
      return workDone + (sums?.work ?? 0);
    },
  };
}

/** Whether a header of a record with data may begin at `at`, in bytes that end before it does. */
function mayBeHeader(bytes: Uint8Array, at: number, end: number, limit: number): boolean {
  // The low four bytes of a length may be any; what follows them is what tells a header from other bytes.
  if (end - at < 5) return false;
  const low = readUint32(bytes, at);
  if (low === 0 || low > limit) return false;
  for (let high = at + 4; high < Math.min(end, at + 8); high++) if (bytes[high] !== 0) return false;
  const stored = maskedCrc32c(Uint8Array.of(...bytes.subarray(at, at + 4), 0, 0, 0, 0));
  for (let place = 0; at + 8 + place < end; place++) {
    if (bytes[at + 8 + place] !== ((stored >>> (8 * place)) & 0xff)) return false;
  }
  return true;
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
