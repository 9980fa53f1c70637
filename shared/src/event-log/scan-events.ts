/**
 * Reads frames whose events hold nothing but scalars, as most events of most logs do, from bytes to typed arrays, without
 * an object for each event. It takes only what it understands to the last byte: an intact frame, fields in the order in
 * which the usual writers put them, numbers of the usual size. At everything else it stops, and the caller reads that
 * frame with the frame reader and the decoder, which are the reference for what a log says. It runs in any thread.
 */
import { maskedCrc32c, maskedCrc32cOfView } from './crc32c.js';
import { FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES } from './frame.js';
import { TAG_BYTES } from './limits.js';
import { TagTable } from './tag-table.js';

/** Rows of scalars in file order; those of one event have the same step and wall time. */
export interface ScalarBatch {
  /** Tags that the rows may have. Those whose bytes are not valid UTF-8 may be in it more than once. */
  readonly tags: readonly string[];
  /** The tag of each row, as a place in `tags`. */
  readonly tag: Uint32Array<ArrayBuffer>;
  readonly step: Float64Array<ArrayBuffer>;
  readonly wallTime: Float64Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
  /** The number of rows; the arrays are longer. */
  readonly count: number;
}

export interface ScanSink {
  /** Takes rows. The arrays are used again after the call, unless they were transferred to another thread. */
  rows(batch: ScalarBatch): void;
  /** Whether tensors of this tag without metadata are scalars, by what earlier events of the file have said. */
  isScalar(tag: string): boolean;
}

/** The data of a longer event are left to the decoder. Events with one scalar have some 40 bytes. */
const LONGEST_EVENT = 32 * 1024;
/** A value with a tag of one byte. */
const SHORTEST_VALUE = 10;
/** From this many rows on, a batch is handed over. */
const FULL_BATCH = 4096;
const BATCH_ROWS = FULL_BATCH + Math.ceil(LONGEST_EVENT / SHORTEST_VALUE);

/** Keys of fields: the field's number times 8 plus its wire type. */
const KEY = {
  wallTime: 0x09,
  step: 0x10,
  summary: 0x2a,
  value: 0x0a,
  tag: 0x0a,
  simpleValue: 0x15,
  nodeName: 0x3a,
  tensor: 0x42,
  metadata: 0x4a,
  dtype: 0x08,
  shape: 0x12,
  content: 0x22,
  floats: 0x2a,
  float: 0x2d,
  doubles: 0x32,
  double: 0x31,
} as const;
const DT_FLOAT = 1;
const DT_DOUBLE = 2;

/** The metadata field that TF2 and torch write with scalars: { plugin_data { plugin_name: "scalars" } }. */
const SCALAR_METADATA = Uint8Array.of(
  ...[KEY.metadata, 11, 0x0a, 9, 0x0a, 7],
  ...[0x73, 0x63, 0x61, 0x6c, 0x61, 0x72, 0x73],
);
/** Steps of more than 49 bits, and negative ones, are left to the decoder. */
const LARGEST_STEP_SCALE = 2 ** 42;

/** The checksums of the headers of short frames, which follow from their length; 0 where not known yet. */
const headerSums = new Int32Array(LONGEST_EVENT + 1);

function headerSum(length: number): number {
  const known = headerSums[length]!;
  if (known !== 0) return known;
  const header = Uint8Array.of(length & 0xff, length >>> 8, 0, 0, 0, 0, 0, 0);
  const sum = maskedCrc32c(header) | 0;
  headerSums[length] = sum;
  return sum;
}

/** Holds nothing of a log between two calls but tags, so that one serves all files that a thread reads. */
export class EventScanner {
  readonly #tags = new TagTable();
  /** By the number of a tag: its place in the batch, if the batch is that of the stamp. */
  #places = new Uint32Array(256);
  #stamps = new Float64Array(256);
  /** The batch for which the tag is known to be that of scalars. */
  #scalarStamps = new Float64Array(256);
  #batch = 1;
  #batchTags: string[] = [];
  #tag = new Uint32Array(BATCH_ROWS);
  #step = new Float64Array(BATCH_ROWS);
  #wallTime = new Float64Array(BATCH_ROWS);
  #value = new Float64Array(BATCH_ROWS);
  #count = 0;

  /**
   * Takes whole frames from bytes[start, end) until it meets one that it does not know, and passes their rows on. Returns
   * where that one begins.
   */
  scan(bytes: Uint8Array, start: number, end: number, sink: ScanSink): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#tags.isFull) this.#tags.clear();
    this.#beginBatch();
    let at = start;
    while (end - at >= FRAME_OVERHEAD_BYTES) {
      const length = view.getUint32(at, true);
      const next = at + length + FRAME_OVERHEAD_BYTES;
      if (length > LONGEST_EVENT || next > end || view.getInt32(at + 4, true) !== 0) break;
      if (view.getInt32(at + 8, true) !== headerSum(length)) break;
      const data = at + FRAME_HEADER_BYTES;
      const rows = this.#read(bytes, view, data, next - 4, sink);
      if (rows === 0 || view.getInt32(next - 4, true) !== maskedCrc32cOfView(view, data, next - 4)) break;
      this.#count += rows;
      at = next;
      if (this.#count >= FULL_BATCH) this.#passOn(sink);
    }
    if (this.#count > 0) this.#passOn(sink);
    return at;
  }

  #beginBatch(): void {
    this.#batch++;
    this.#count = 0;
    this.#batchTags = [];
  }

  #passOn(sink: ScanSink): void {
    const batch = {
      tags: this.#batchTags,
      tag: this.#tag,
      step: this.#step,
      wallTime: this.#wallTime,
      value: this.#value,
      count: this.#count,
    };
    this.#beginBatch();
    sink.rows(batch);
    // Transferred arrays are empty.
    if (this.#tag.length === 0) this.#tag = new Uint32Array(BATCH_ROWS);
    if (this.#step.length === 0) this.#step = new Float64Array(BATCH_ROWS);
    if (this.#wallTime.length === 0) this.#wallTime = new Float64Array(BATCH_ROWS);
    if (this.#value.length === 0) this.#value = new Float64Array(BATCH_ROWS);
  }

  /**
   * Writes the values of the event in bytes[start, end) behind the rows of the batch, where they count once its checksum
   * is known to match. Returns how many they are; 0 if the decoder must read the event. Of a view, only bytes before `end`
   * are read, since it throws behind the last one; bytes that are not there equal nothing.
   */
  #read(bytes: Uint8Array, view: DataView, start: number, end: number, sink: ScanSink): number {
    let at = start;
    let wallTime = 0;
    if (bytes[at] === KEY.wallTime) {
      if (end - at < 9) return 0;
      wallTime = view.getFloat64(at + 1, true);
      at += 9;
    }
    let step = 0;
    if (bytes[at] === KEY.step) {
      let byte = 128;
      for (let scale = 1; byte >= 128; scale *= 128) {
        at++;
        if (at >= end || scale > LARGEST_STEP_SCALE) return 0;
        byte = bytes[at]!;
        step += (byte & 127) * scale;
      }
      at++;
    }
    if (bytes[at] !== KEY.summary) return 0;
    let length = bytes[++at]!;
    if (length > 127) length += (bytes[++at]! - 1) << 7;
    if (length > 16_383) length += (bytes[++at]! - 1) << 14;
    at++;
    if (at + length !== end) return 0;
    let row = this.#count;
    for (; at < end; row++) {
      if (bytes[at] !== KEY.value) return 0;
      length = bytes[++at]!;
      if (length > 127) length += (bytes[++at]! - 1) << 7;
      if (length > 16_383) length += (bytes[++at]! - 1) << 14;
      const valueEnd = ++at + length;
      if (valueEnd > end || bytes[at] !== KEY.tag) return 0;
      length = bytes[++at]!;
      if (length > 127) length += (bytes[++at]! - 1) << 7;
      const tagStart = ++at;
      at += length;
      if (length === 0 || length > TAG_BYTES || valueEnd - at < 5) return 0;
      const tagEnd = at;
      const isTensor = bytes[at] === KEY.tensor;
      if (isTensor) {
        const tensorEnd = at + 2 + bytes[at + 1]!;
        if (tensorEnd > valueEnd || !this.#readTensor(bytes, view, at + 2, tensorEnd, row)) return 0;
        at = tensorEnd;
      } else {
        if (bytes[at] !== KEY.simpleValue) return 0;
        this.#value[row] = view.getFloat32(at + 1, true);
        at += 5;
      }
      if (at < valueEnd) at = skipKnown(bytes, at, valueEnd);
      if (at !== valueEnd) return 0;
      const tag = this.#tags.numberOf(bytes, view, tagStart, tagEnd);
      if (tag < 0 || (isTensor && !this.#isScalar(tag, sink))) return 0;
      this.#tag[row] = this.#placeOf(tag);
      this.#step[row] = step;
      this.#wallTime[row] = wallTime;
    }
    return row - this.#count;
  }

  /** Reads the number of a float or double tensor of rank 0 in bytes[at, end), in the forms that writers use. */
  #readTensor(bytes: Uint8Array, view: DataView, start: number, end: number, row: number): boolean {
    if (end - start < 2 || bytes[start] !== KEY.dtype) return false;
    const dtype = bytes[start + 1];
    let at = start + 2;
    if (bytes[at] === KEY.shape && bytes[at + 1] === 0) at += 2;
    const key = bytes[at];
    const size = end - at;
    if (dtype === DT_FLOAT) {
      const isPacked = size === 6 && bytes[at + 1] === 4 && (key === KEY.content || key === KEY.floats);
      if (!isPacked && (size !== 5 || key !== KEY.float)) return false;
      this.#value[row] = view.getFloat32(end - 4, true);
      return true;
    }
    if (dtype !== DT_DOUBLE) return false;
    const isPacked = size === 10 && bytes[at + 1] === 8 && (key === KEY.content || key === KEY.doubles);
    if (!isPacked && (size !== 9 || key !== KEY.double)) return false;
    this.#value[row] = view.getFloat64(end - 8, true);
    return true;
  }

  #isScalar(tag: number, sink: ScanSink): boolean {
    if (this.#scalarStamps[tag] === this.#batch) return true;
    if (!sink.isScalar(this.#tags.text(tag))) return false;
    this.#placeOf(tag);
    this.#scalarStamps[tag] = this.#batch;
    return true;
  }

  #placeOf(tag: number): number {
    if (this.#stamps[tag] === this.#batch) return this.#places[tag]!;
    if (tag >= this.#stamps.length) this.#growPlaces(tag + 1);
    const place = this.#batchTags.push(this.#tags.text(tag)) - 1;
    this.#stamps[tag] = this.#batch;
    this.#places[tag] = place;
    return place;
  }

  #growPlaces(least: number): void {
    const size = Math.max(least, 2 * this.#stamps.length);
    const places = new Uint32Array(size);
    places.set(this.#places);
    this.#places = places;
    const stamps = new Float64Array(size);
    stamps.set(this.#stamps);
    this.#stamps = stamps;
    const scalarStamps = new Float64Array(size);
    scalarStamps.set(this.#scalarStamps);
    this.#scalarStamps = scalarStamps;
  }
}

/** Skips what may follow the number of a scalar: its metadata, and the name that TF1 gives to the node of the graph. */
function skipKnown(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    if (bytes[at] === KEY.nodeName && bytes[at + 1]! < 128) at += 2 + bytes[at + 1]!;
    else if (end - at >= SCALAR_METADATA.length && isMetadata(bytes, at)) at += SCALAR_METADATA.length;
    else break;
  }
  return at;
}

function isMetadata(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < SCALAR_METADATA.length; at++)
    if (bytes[start + at] !== SCALAR_METADATA[at]) return false;
  return true;
}
