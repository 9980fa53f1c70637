/** The reader of frames: what it delivers and names tiles the file, does not depend on pushes, and takes bounded work. */
import { maskedCrc32c } from '../../event-log/crc32c.js';
import { createEventDecoder } from '../../event-log/decode-event.js';
import { encodeFrame, FRAME_OVERHEAD_BYTES } from '../../event-log/frame.js';
import { createFrameReader, type FrameGap, type FrameReader } from '../../event-log/frame-reader.js';
import { REASON_CHARACTERS } from '../../event-log/limits.js';
import { MalformedEventError } from '../../event-log/wire-reader.js';
import { joined } from './mutate.js';
import type { Random } from './random.js';
import { Finding, type FuzzTarget, type Samples } from './target.js';

/** Bytes looked at for each byte of a file, at most: 87,000 headers fit into a megabyte, and each costs some 300. */
export const WORK_PER_BYTE = 32;
const WORK_PER_PUSH = 512;
export const HELD_BYTES = 512;

export interface DamagedFile {
  readonly bytes: Uint8Array;
  /** Where the intact frames begin. */
  readonly intact: readonly number[];
  /** Whether a header with a valid checksum claims a wrong length, behind which intact frames may be hidden. */
  readonly hasLie: boolean;
}

export function frameTarget({ events }: Samples): FuzzTarget {
  const frames = events.map(encodeFrame);
  return (random) => {
    const file = damagedFile(random, frames);
    const whole = readBy(file.bytes, (reader) => reader.push(file.bytes));
    const parts = readBy(file.bytes, (reader) => pushParts(random, reader, file.bytes));
    const again = readBy(file.bytes, (reader) => pushWanted(random, reader, file.bytes), HELD_BYTES);
    check(file, whole);
    same(file, whole, parts, 'in parts');
    same(file, whole, again, 'read again where a record is long');
    checkQuiet(random, file);
    return whole.gaps.length === 0 ? 'read' : 'refused';
  };
}

interface Read {
  readonly events: readonly { readonly offset: number; readonly length: number }[];
  readonly gaps: readonly FrameGap[];
  readonly pendingBytes: number;
}

function readBy(bytes: Uint8Array, push: (reader: FrameReader) => void, holdBytes?: number): Read {
  const events: { offset: number; length: number }[] = [];
  const gaps: FrameGap[] = [];
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    onEvent(data, offset) {
      events.push({ offset, length: data.length + 16 });
      try {
        decoder.decodeEvent(data);
      } catch (error) {
        if (!(error instanceof MalformedEventError)) throw new Finding('An event was refused', bytes, error);
      }
    },
    onGap: (gap) => gaps.push(gap),
    ...(holdBytes === undefined ? {} : { holdBytes }),
  });
  push(reader);
  reader.finish(bytes.length);
  if (holdBytes !== undefined) {
    for (let wanted = reader.next(bytes.length); wanted !== null; wanted = reader.next(bytes.length)) {
      reader.push(bytes.subarray(wanted.offset, wanted.offset + wanted.length));
      if (reader.pendingBytes > holdBytes) throw new Finding(`${reader.pendingBytes} bytes were held`, bytes);
    }
  } else if (reader.work > WORK_PER_BYTE * bytes.length + WORK_PER_PUSH) {
    throw new Finding(`${reader.work} bytes were looked at in ${bytes.length}`, bytes);
  }
  return { events, gaps, pendingBytes: bytes.length - decided(events, gaps) };
}

/** The end of what has become of the file. */
function decided(events: Read['events'], gaps: readonly FrameGap[]): number {
  return [...events, ...gaps].reduce((end, { offset, length }) => Math.max(end, offset + length), 0);
}

/** More tell nothing new. */
const MOST_PARTS = 2000;

export function pushParts(random: Random, reader: Pick<FrameReader, 'push'>, bytes: Uint8Array): void {
  const longest = Math.max(random.pick([1, 16, 400, 5000]), Math.ceil(bytes.length / MOST_PARTS));
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.slice(at, at + 1 + random.int(longest));
    reader.push(part);
    at += part.length;
    // The caller may reuse its bytes.
    part.fill(0xee);
  }
}

/** Reads what the reader wants while the file grows. */
export function pushWanted(random: Random, reader: FrameReader, bytes: Uint8Array): void {
  const longest = random.pick([200, 3000, 100_000]);
  for (let size = 0; size < bytes.length; ) {
    size = Math.min(bytes.length, size + 1 + random.int(longest));
    for (let wanted = reader.next(size); wanted !== null; wanted = reader.next(size)) {
      if (wanted.offset + wanted.length > size || wanted.length < 1) {
        throw new Finding(`${wanted.length} bytes at ${wanted.offset} of ${size} were wanted`, bytes);
      }
      const length = Math.max(wanted.length, random.int(3000));
      const part = bytes.slice(wanted.offset, Math.min(size, wanted.offset + length));
      reader.push(part);
      part.fill(0xee);
    }
  }
}

function check(file: DamagedFile, { events, gaps }: Read): void {
  const { bytes, intact, hasLie } = file;
  checkTiles(bytes, events, gaps);
  for (const { reason } of gaps) {
    if (reason.length === 0 || reason.length > REASON_CHARACTERS)
      throw new Finding(`A reason is ${reason}`, bytes);
  }
  const found = new Set(events.map(({ offset }) => offset));
  const missing = intact.find((offset) => !found.has(offset));
  if (missing !== undefined && !hasLie && !isClaimed(file, missing))
    throw new Finding(`The intact record at ${missing} is missing`, bytes);
}

/**
 * Whether a header before `offset` claims the bytes there by chance: one that was cut by a byte is whole again when the next
 * frame begins with that byte.
 */
function isClaimed({ bytes, intact }: DamagedFile, offset: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < offset; at++) {
    if (intact.includes(at) || view.getUint32(at + 8, true) !== maskedCrc32c(bytes, at, at + 8)) continue;
    if (at + FRAME_OVERHEAD_BYTES + Number(view.getBigUint64(at, true)) > offset) return true;
  }
  return false;
}

function checkTiles(bytes: Uint8Array, events: Read['events'], gaps: readonly FrameGap[]): void {
  const pieces = [...events, ...gaps].sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, length } of pieces) {
    if (offset !== end || length < 1) throw new Finding(`${end} is followed by ${offset}+${length}`, bytes);
    end += length;
  }
  if (end > bytes.length) throw new Finding(`${end} of ${bytes.length} bytes were named`, bytes);
}

function same({ bytes }: DamagedFile, one: Read, other: Read, how: string): void {
  const text = ({ events, gaps }: Read) => JSON.stringify([events, gaps]);
  if (text(one) !== text(other)) throw new Finding(`${how}: ${text(one)} became ${text(other)}`, bytes);
}

/** The file is quiet now and then while it is written. No byte is named twice or left out. */
function checkQuiet(random: Random, { bytes }: DamagedFile): void {
  const events: { offset: number; length: number }[] = [];
  const gaps: FrameGap[] = [];
  const reader = createFrameReader({
    onEvent: (_, offset, length) => events.push({ offset, length: length + 16 }),
    onGap: (gap) => gaps.push(gap),
  });
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + 1 + random.int(bytes.length / 3));
    reader.push(part);
    at += part.length;
    const choice = random.int(4);
    if (choice < 2) reader.finish();
    else if (choice === 2) reader.lookBehind();
    checkTiles(bytes, events, gaps);
  }
  reader.finish();
  checkTiles(bytes, events, gaps);
  const pending = bytes.length - decided(events, gaps);
  if (pending > reader.pendingBytes)
    throw new Finding(`${pending} bytes are neither named nor pending`, bytes);
}

export function damagedFile(random: Random, frames: readonly Uint8Array[]): DamagedFile {
  const parts: Uint8Array[] = [];
  const intact: number[] = [];
  let at = 0;
  let hasLie = false;
  const put = (bytes: Uint8Array, isIntact: boolean): void => {
    if (isIntact) intact.push(at);
    parts.push(bytes);
    at += bytes.length;
  };
  for (let count = 1 + random.int(10); count > 0; count--) {
    const frame = random.pick(frames);
    if (random() < 0.55) {
      put(frame, true);
      continue;
    }
    const cut = random.int(frame.length);
    switch (random.int(9)) {
      case 0:
        put(flipped(frame, 12 + random.int(frame.length - 12), random.int(8)), false);
        break;
      case 1:
        put(flipped(frame, random.int(12), random.int(8)), false);
        break;
      case 2:
        put(frame.subarray(0, cut), false);
        hasLie ||= cut >= 12;
        break;
      case 3:
        put(random.bytes(random.int(300)), false);
        break;
      case 4:
        put(new Uint8Array(random.int(5000)), false);
        break;
      case 5:
        put(joined(headerOf(random.pick([2 ** 40, 2 ** 52, 300 * 2 ** 20])), frame.subarray(12)), false);
        break;
      case 6:
        put(joined(headerOf(random.int(200_000)), frame.subarray(12)), false);
        hasLie = true;
        break;
      case 7:
        put(joined(frame.subarray(0, cut), frame.subarray(cut + 1)), false);
        hasLie ||= cut >= 12;
        break;
      default:
        // Headers that overlap, each with a valid checksum.
        put(joined(...Array.from({ length: random.int(60) }, () => headerOf(random.int(3000)))), false);
        hasLie = true;
    }
  }
  return { bytes: joined(...parts), intact, hasLie };
}

function flipped(frame: Uint8Array, at: number, bit: number): Uint8Array {
  const damaged = frame.slice();
  damaged[at]! ^= 1 << bit;
  return damaged;
}

/** The header of a record of this length, with a valid checksum. */
export function headerOf(length: number): Uint8Array {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(0, length % 2 ** 32, true);
  view.setUint32(4, Math.floor(length / 2 ** 32), true);
  view.setUint32(8, maskedCrc32c(header, 0, 8), true);
  return header;
}
