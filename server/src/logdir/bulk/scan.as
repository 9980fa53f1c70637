/**
 * Reads frames whose events hold nothing but scalars into rows, and encodes rows as blocks: what `event-log/scan-events.ts`,
 * `event-log/tag-table.ts` and `log-index/scalar-blocks.ts` do, for threads that read in bulk. Those are the reference, and
 * property tests hold that both say the same. AssemblyScript; compile-wasm.mjs compiles it into wasm-code.ts.
 *
 * The memory has a fixed size, so that views of it stay valid. The system provides pages of it when they are first used.
 */

/** The number of a tag in the part that is being collected. */
@external("env", "numberOf")
declare function numberOf(tag: i32): u32;
/** Whether tensors of this tag without metadata are scalars, by what earlier events have said. */
@external("env", "isScalar")
declare function isScalar(tag: i32): i32;

// Events and tags, as in scan-events.ts and tag-table.ts.
const LONGEST_EVENT: u32 = 32 * 1024;
const TAG_BYTES: u32 = 4096;
const MOST_TAGS: i32 = 65536;
const MOST_BYTES: u32 = 4 * 1024 * 1024;
const MOST_PROBES: u32 = 32;
const SLOTS: u32 = 2 * 65536;

const BLOCK_ROWS: i32 = 64;
const LAST: i32 = BLOCK_ROWS - 1;
const RAW_ROW_BYTES: u32 = 24;
const RAW: i32 = 8;

export const INPUT_BYTES: i32 = 2 * 1024 * 1024;
export const ROWS: i32 = 128 * 1024;

// Where everything lies. Bytes behind the input are read in part, and equal nothing.
const CRC_TABLES: usize = 1024;
const HEADER_SUMS: usize = CRC_TABLES + 16 * 1024;
const TAG_SLOTS: usize = HEADER_SUMS + 4 * (LONGEST_EVENT + 2);
const TAG_HASHES: usize = TAG_SLOTS + 2 * SLOTS;
export const TAG_STARTS: usize = TAG_HASHES + 4 * MOST_TAGS;
const TAG_FOLLOWERS: usize = TAG_STARTS + 4 * (MOST_TAGS + 2);
const TAG_NUMBERS: usize = TAG_FOLLOWERS + 2 * MOST_TAGS;
const TAG_STAMPS: usize = TAG_NUMBERS + 4 * MOST_TAGS;
const SCALAR_STAMPS: usize = TAG_STAMPS + 4 * MOST_TAGS;
export const TAGS: usize = SCALAR_STAMPS + 4 * MOST_TAGS;
/** For each tag of a part: how many rows lie before its first block, and where its rows begin. */
export const FIRST_ROWS: usize = TAGS + MOST_BYTES + TAG_BYTES;
const STARTS: usize = FIRST_ROWS + 4 * ROWS;
const NEXT: usize = STARTS + 4 * (ROWS + 2);
export const ROW_TAGS: usize = NEXT + 4 * (ROWS + 2);
export const ROW_STEPS: usize = ROW_TAGS + 4 * ROWS;
export const ROW_WALL_TIMES: usize = ROW_STEPS + 8 * ROWS;
export const ROW_VALUES: usize = ROW_WALL_TIMES + 8 * ROWS;
const SORTED_STEPS: usize = ROW_VALUES + 8 * ROWS;
const SORTED_WALL_TIMES: usize = SORTED_STEPS + 8 * ROWS;
const SORTED_VALUES: usize = SORTED_WALL_TIMES + 8 * ROWS;
const DISTANCES: usize = SORTED_VALUES + 8 * ROWS;
export const INPUT: usize = DISTANCES + 8 * BLOCK_ROWS;
export const OUTPUT: usize = INPUT + INPUT_BYTES + 2 * LONGEST_EVENT;
/** A block whose rows cannot be compressed has a head besides them; a series has a head and is aligned twice. */
export const MEMORY_BYTES: usize = OUTPUT + (RAW_ROW_BYTES + 1) * ROWS + 32 * ROWS;

/** Of the rows that the last call of `scan` added. */
export let firstStep: f64 = 0;
export let lastStep: f64 = 0;
export let highestStep: f64 = 0;
/** 0 where there is none. */
export let firstWallTime: f64 = 0;
export let lastWallTime: f64 = 0;
export let rows: i32 = 0;
export let tags: i32 = 0;
/** Of the last call of `encode`. */
export let blockBytes: u32 = 0;

let lastTag: i32 = 0;
let part: u32 = 1;
let call: u32 = 1;

makeTables();

function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    store<u32>(CRC_TABLES + 4 * byte, crc);
  }
  for (let at: u32 = 256; at < 16 * 256; at++) {
    const previous = load<u32>(CRC_TABLES + 4 * (at - 256));
    store<u32>(CRC_TABLES + 4 * at, (previous >>> 8) ^ load<u32>(CRC_TABLES + 4 * (previous & 0xff)));
  }
}

/** The effect of a byte with `more` bytes to come. */
@inline function effect(byte: u32, more: usize): u32 {
  return load<u32>(CRC_TABLES + 1024 * more + (byte << 2));
}

function maskedCrc(start: usize, end: usize): u32 {
  let crc: u32 = 0xffffffff;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    const a = crc ^ load<u32>(at);
    const b = load<u32>(at, 4);
    const c = load<u32>(at, 8);
    const d = load<u32>(at, 12);
    crc =
      effect(a & 0xff, 15) ^ effect((a >>> 8) & 0xff, 14) ^ effect((a >>> 16) & 0xff, 13) ^ effect(a >>> 24, 12) ^
      effect(b & 0xff, 11) ^ effect((b >>> 8) & 0xff, 10) ^ effect((b >>> 16) & 0xff, 9) ^ effect(b >>> 24, 8) ^
      effect(c & 0xff, 7) ^ effect((c >>> 8) & 0xff, 6) ^ effect((c >>> 16) & 0xff, 5) ^ effect(c >>> 24, 4) ^
      effect(d & 0xff, 3) ^ effect((d >>> 8) & 0xff, 2) ^ effect((d >>> 16) & 0xff, 1) ^ effect(d >>> 24, 0);
  }
  if (at + 8 <= end) {
    const a = crc ^ load<u32>(at);
    const b = load<u32>(at, 4);
    crc =
      effect(a & 0xff, 7) ^ effect((a >>> 8) & 0xff, 6) ^ effect((a >>> 16) & 0xff, 5) ^ effect(a >>> 24, 4) ^
      effect(b & 0xff, 3) ^ effect((b >>> 8) & 0xff, 2) ^ effect((b >>> 16) & 0xff, 1) ^ effect(b >>> 24, 0);
    at += 8;
  }
  if (at + 4 <= end) {
    const a = crc ^ load<u32>(at);
    crc = effect(a & 0xff, 3) ^ effect((a >>> 8) & 0xff, 2) ^ effect((a >>> 16) & 0xff, 1) ^ effect(a >>> 24, 0);
    at += 4;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ effect((crc ^ load<u8>(at)) & 0xff, 0);
  return rotr(~crc, 15) + 0xa282ead8;
}

/** The checksums of the headers of short frames, which follow from their length; 0 where not known yet. */
@inline function headerSum(length: u32): u32 {
  const place = HEADER_SUMS + (length << 2);
  const known = load<u32>(place);
  return known !== 0 ? known : makeHeaderSum(length, place);
}

function makeHeaderSum(length: u32, place: usize): u32 {
  store<u64>(OUTPUT, length);
  const sum = maskedCrc(OUTPUT, OUTPUT + 8);
  store<u32>(place, sum);
  return sum;
}

/** Whether there is no room for another tag of any length. */
@inline function isFull(): bool {
  return tags >= MOST_TAGS - 1 || load<u32>(TAG_STARTS + 4 * tags) + TAG_BYTES > MOST_BYTES;
}

/** Forgets all tags if there is no room for another, and says whether it did. */
export function clearIfFull(): bool {
  if (!isFull()) return false;
  memory.fill(TAG_SLOTS, 0, 2 * SLOTS);
  memory.fill(TAG_FOLLOWERS, 0, 2 * MOST_TAGS);
  memory.fill(TAG_STAMPS, 0, 4 * MOST_TAGS);
  memory.fill(SCALAR_STAMPS, 0, 4 * MOST_TAGS);
  tags = 0;
  lastTag = 0;
  return true;
}

/** Forgets the rows and the numbers of tags: another part begins. */
export function beginPart(): void {
  part++;
  rows = 0;
}

/** Counts rows that were added to the tables from outside. */
export function setRows(count: i32): void {
  rows = count;
}

@inline function isTag(tag: i32, start: usize, length: u32): bool {
  const from = load<u32>(TAG_STARTS + (tag << 2));
  if (load<u32>(TAG_STARTS + (tag << 2), 4) - from !== length) return false;
  return areEqual(TAGS + from, start, length);
}

@inline function areEqual(a: usize, b: usize, length: u32): bool {
  if (length < 8) {
    if (length >= 4)
      return load<u32>(a) === load<u32>(b) && load<u32>(a + length - 4) === load<u32>(b + length - 4);
    for (let at: u32 = 0; at < length; at++) if (load<u8>(a + at) !== load<u8>(b + at)) return false;
    return true;
  }
  // First the last eight: similar tags differ at their ends.
  const last = length - 8;
  if (load<u64>(a + last) !== load<u64>(b + last)) return false;
  for (let at: u32 = 0; at < last; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false;
  return true;
}

/** The tag in bytes [start, end); −1 if there is no room for it. Tags mostly come in the same order again and again. */
@inline function tagOf(start: usize, length: u32): i32 {
  const expected = <i32>load<u16>(TAG_FOLLOWERS + (lastTag << 1));
  if (expected < tags && isTag(expected, start, length)) {
    lastTag = expected;
    return expected;
  }
  return findTag(start, length);
}

function findTag(start: usize, length: u32): i32 {
  let hash = length;
  for (let at: u32 = 0; at < length; at++) hash = (hash ^ load<u8>(start + at)) * 0x01000193;
  hash ^= hash >>> 15;
  for (let probe: u32 = 0; probe < MOST_PROBES; probe++) {
    const slot = TAG_SLOTS + (((hash + probe) & (SLOTS - 1)) << 1);
    let tag = <i32>load<u16>(slot) - 1;
    if (tag < 0) {
      if (isFull()) return -1;
      tag = tags++;
      const from = load<u32>(TAG_STARTS + 4 * tag);
      memory.copy(TAGS + from, start, length);
      store<u32>(TAG_STARTS + 4 * tag, from + length, 4);
      store<u32>(TAG_HASHES + 4 * tag, hash);
      store<u16>(TAG_FOLLOWERS + 2 * tag, <u16>tag);
      store<u16>(slot, <u16>(tag + 1));
    } else if (load<u32>(TAG_HASHES + 4 * tag) !== hash || !isTag(tag, start, length)) continue;
    store<u16>(TAG_FOLLOWERS + (lastTag << 1), <u16>tag);
    lastTag = tag;
    return tag;
  }
  return -1;
}

/**
 * Takes whole frames from [start, end) until it meets one that it does not know, or there may be no room for the rows of
 * the next. Returns where that one begins.
 */
export function scan(start: usize, end: usize): usize {
  call++;
  const before = rows;
  let at = start;
  while (end - at >= 16) {
    const length = load<u32>(at);
    if (length > LONGEST_EVENT) break;
    const next = at + length + 16;
    if (next > end || load<u32>(at, 4) !== 0 || load<u32>(at, 8) !== headerSum(length)) break;
    // A value takes ten bytes at least.
    if (rows + <i32>(length / 10) >= ROWS) break;
    const count = readEvent(at + 12, next - 4);
    if (count === 0 || load<u32>(next - 4) !== maskedCrc(at + 12, next - 4)) break;
    // Only tags that have rows get numbers.
    for (let place = ROW_TAGS + (rows << 2), last = place + (count << 2); place < last; place += 4)
      store<u32>(place, numberInPart(load<i32>(place)));
    rows += count;
    at = next;
  }
  if (rows > before) cover(before);
  return at;
}

/** Whether there may be no room for the rows of the frame at which `scan` has stopped. */
export function isOutOfRoom(): bool {
  return rows + <i32>(LONGEST_EVENT / 10) >= ROWS;
}

function cover(before: i32): void {
  const last = rows - 1;
  firstStep = load<f64>(ROW_STEPS + 8 * before);
  lastStep = load<f64>(ROW_STEPS + 8 * last);
  let highest = firstStep;
  let least: f64 = Infinity;
  let most: f64 = -Infinity;
  for (let row = before; row <= last; row++) {
    const step = load<f64>(ROW_STEPS + 8 * row);
    if (step > highest) highest = step;
    const time = load<f64>(ROW_WALL_TIMES + 8 * row);
    // A log may hold any double; 0 means that there is none.
    if (abs(time) < Infinity && time !== 0) {
      if (time < least) least = time;
      if (time > most) most = time;
    }
  }
  highestStep = highest;
  firstWallTime = least === Infinity ? 0 : least;
  lastWallTime = least === Infinity ? 0 : most;
}

/** Writes the values of the event in [start, end) behind the rows. Returns how many they are; 0 if it does not know them. */
@inline function readEvent(start: usize, end: usize): i32 {
  let at = start;
  let wallTime: f64 = 0;
  if (load<u8>(at) === 0x09) {
    if (end - at < 9) return 0;
    wallTime = load<f64>(at, 1);
    at += 9;
  }
  let step: u64 = 0;
  if (load<u8>(at) === 0x10) {
    let byte: u64 = 128;
    for (let shift: u64 = 0; byte >= 128; shift += 7) {
      at++;
      if (at >= end || shift > 42) return 0;
      byte = load<u8>(at);
      step |= (byte & 127) << shift;
    }
    at++;
  }
  if (load<u8>(at) !== 0x2a) return 0;
  let length: u32 = load<u8>(++at);
  if (length > 127) length += (<u32>load<u8>(++at) - 1) << 7;
  if (length > 16383) length += (<u32>load<u8>(++at) - 1) << 14;
  at++;
  if (at > end || length !== <u32>(end - at)) return 0;
  let row = rows;
  for (; at < end; row++) {
    if (load<u8>(at) !== 0x0a) return 0;
    length = load<u8>(++at);
    if (length > 127) length += (<u32>load<u8>(++at) - 1) << 7;
    if (length > 16383) length += (<u32>load<u8>(++at) - 1) << 14;
    at++;
    if (at > end || length > <u32>(end - at)) return 0;
    const valueEnd = at + length;
    if (load<u8>(at) !== 0x0a) return 0;
    length = load<u8>(++at);
    if (length > 127) length += (<u32>load<u8>(++at) - 1) << 7;
    const tagStart = ++at;
    if (length === 0 || length > TAG_BYTES || at + length + 5 > valueEnd) return 0;
    at += length;
    const isTensor = load<u8>(at) === 0x42;
    if (isTensor) {
      const tensorEnd = at + 2 + load<u8>(at, 1);
      if (tensorEnd > valueEnd || !readTensor(at + 2, tensorEnd, row)) return 0;
      at = tensorEnd;
    } else {
      if (load<u8>(at) !== 0x15) return 0;
      store<f64>(ROW_VALUES + 8 * row, <f64>load<f32>(at, 1));
      at += 5;
    }
    if (at < valueEnd) at = skipKnown(at, valueEnd);
    if (at !== valueEnd) return 0;
    const tag = tagOf(tagStart, length);
    if (tag < 0 || (isTensor && !isScalarTag(tag))) return 0;
    store<i32>(ROW_TAGS + 4 * row, tag);
    store<f64>(ROW_STEPS + 8 * row, <f64>step);
    store<f64>(ROW_WALL_TIMES + 8 * row, wallTime);
  }
  return row - rows;
}

/** Reads the number of a float or double tensor of rank 0 in [start, end), in the forms that writers use. */
function readTensor(start: usize, end: usize, row: i32): bool {
  if (end - start < 2 || load<u8>(start) !== 0x08) return false;
  const dtype = load<u8>(start, 1);
  let at = start + 2;
  if (load<u16>(at) === 0x0012) at += 2;
  if (at > end) return false;
  const key = load<u8>(at);
  const size = end - at;
  if (dtype === 1) {
    const isPacked = size === 6 && load<u8>(at, 1) === 4 && (key === 0x22 || key === 0x2a);
    if (!isPacked && (size !== 5 || key !== 0x2d)) return false;
    store<f64>(ROW_VALUES + 8 * row, <f64>load<f32>(end - 4));
    return true;
  }
  if (dtype !== 2) return false;
  const isPacked = size === 10 && load<u8>(at, 1) === 8 && (key === 0x22 || key === 0x32);
  if (!isPacked && (size !== 9 || key !== 0x31)) return false;
  store<f64>(ROW_VALUES + 8 * row, load<f64>(end - 8));
  return true;
}

/** Skips what may follow the number of a scalar: the metadata of the plugin "scalars", and the name of a TF1 node. */
function skipKnown(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    if (load<u8>(at) === 0x3a && load<u8>(at, 1) < 128) at += 2 + load<u8>(at, 1);
    else if (end - at >= 13 && isMetadata(at)) at += 13;
    else break;
  }
  return at;
}

/** { plugin_data { plugin_name: "scalars" } }, as TF2 and torch write it. */
@inline function isMetadata(at: usize): bool {
  return load<u64>(at) === 0x6373070a090a0b4a && load<u32>(at, 8) === 0x72616c61 && load<u8>(at, 12) === 0x73;
}

function isScalarTag(tag: i32): bool {
  const place = SCALAR_STAMPS + (tag << 2);
  if (load<u32>(place) === call) return true;
  if (isScalar(tag) === 0) return false;
  store<u32>(place, call);
  return true;
}

@inline function numberInPart(tag: i32): u32 {
  const place = TAG_NUMBERS + (tag << 2);
  return load<u32>(TAG_STAMPS + (tag << 2)) === part ? load<u32>(place) : makeNumber(tag, place);
}

function makeNumber(tag: i32, place: usize): u32 {
  const number = numberOf(tag);
  store<u32>(place, number);
  store<u32>(TAG_STAMPS + (tag << 2), part);
  return number;
}

/** Writes the series of `count` tags to OUTPUT, as segment.ts describes. Returns the end. */
export function encode(count: i32): usize {
  sortRows(count);
  blockBytes = 0;
  let at = OUTPUT;
  for (let tag = 0; tag < count; tag++) {
    const first = load<i32>(STARTS + 4 * tag);
    const end = load<i32>(STARTS + 4 * tag, 4);
    const blocksFrom = min(end, first + load<i32>(FIRST_ROWS + 4 * tag));
    const blocksTo = end - ((end - blocksFrom) & LAST);
    const head = at;
    at = copyRows(first, blocksFrom, at + 16);
    const blocksAt = at;
    for (let row = blocksFrom; row < blocksTo; row += BLOCK_ROWS) at = encodeBlock(row, at);
    store<i32>(head, tag);
    store<i32>(head, blocksFrom - first, 4);
    store<u32>(head, <u32>(at - blocksAt), 8);
    store<i32>(head, end - blocksTo, 12);
    blockBytes += <u32>(at - blocksAt);
    const aligned = (at + 7) & ~7;
    // The same rows are always the same bytes.
    store<u64>(at, 0);
    at = copyRows(blocksTo, end, aligned);
  }
  return at;
}

function copyRows(from: i32, to: i32, into: usize): usize {
  let at = into;
  for (let row = from; row < to; row++, at += RAW_ROW_BYTES) {
    store<f64>(at, load<f64>(SORTED_STEPS + 8 * row));
    store<f64>(at, load<f64>(SORTED_WALL_TIMES + 8 * row), 8);
    store<f64>(at, load<f64>(SORTED_VALUES + 8 * row), 16);
  }
  return at;
}

/** Orders the rows by tag, those of a tag as they came. */
function sortRows(count: i32): void {
  memory.fill(STARTS, 0, 4 * (count + 1));
  for (let row = 0; row < rows; row++) {
    const place = STARTS + (load<u32>(ROW_TAGS + 4 * row) << 2);
    store<i32>(place, load<i32>(place, 4) + 1, 4);
  }
  for (let tag = 0; tag < count; tag++) {
    const place = STARTS + 4 * tag;
    store<i32>(place, load<i32>(place) + load<i32>(place, 4), 4);
  }
  memory.copy(NEXT, STARTS, 4 * count);
  for (let row = 0; row < rows; row++) {
    const place = NEXT + (load<u32>(ROW_TAGS + 4 * row) << 2);
    const at = load<i32>(place);
    store<i32>(place, at + 1);
    store<f64>(SORTED_STEPS + 8 * at, load<f64>(ROW_STEPS + 8 * row));
    store<f64>(SORTED_WALL_TIMES + 8 * at, load<f64>(ROW_WALL_TIMES + 8 * row));
    store<f64>(SORTED_VALUES + 8 * at, load<f64>(ROW_VALUES + 8 * row));
  }
}

/** Encodes the rows that begin at `row` of those that are sorted, as log-index/scalar-blocks.ts does. Returns the end. */
function encodeBlock(row: i32, block: usize): usize {
  const steps = SORTED_STEPS + 8 * row;
  const values = SORTED_VALUES + 8 * row;
  let doAscend = true;
  let areFinite = true;
  let areFloat32 = true;
  let lowest: usize = 0;
  let highest: usize = 0;
  let least = load<f64>(values);
  let most = least;
  let before: f64 = -Infinity;
  for (let i: usize = 0; i < 8 * BLOCK_ROWS; i += 8) {
    const step = load<f64>(steps + i);
    if (step <= before) doAscend = false;
    before = step;
    const value = load<f64>(values + i);
    if (<f64><f32>value !== value && value === value) areFloat32 = false;
    if (value < least) {
      least = value;
      lowest = i;
    } else if (value > most) {
      most = value;
      highest = i;
    }
    if (value - value !== 0) areFinite = false;
  }
  let at = block + 6;
  const stepWidth = encodeLine(steps, 1, 1, at);
  at += lineBytes(stepWidth);
  // What is counted in whole numbers is 2 ** -22 of a second.
  const wallTimeWidth = encodeLine(SORTED_WALL_TIMES + 8 * row, 1.0 / 4194304, 4194304, at);
  at += lineBytes(wallTimeWidth);
  store<u8>(block, <u8>stepWidth);
  store<u8>(block, <u8>wallTimeWidth, 1);
  store<u8>(block, areFloat32 ? 4 : 8, 2);
  store<u8>(block, (doAscend ? 1 : 0) | (areFinite ? 2 : 0), 3);
  store<u8>(block, <u8>(lowest >>> 3), 4);
  store<u8>(block, <u8>(highest >>> 3), 5);
  if (!areFloat32) {
    memory.copy(at, values, 8 * BLOCK_ROWS);
    return at + 8 * BLOCK_ROWS;
  }
  for (let i: i32 = 0; i < BLOCK_ROWS; i++) {
    const value = load<f64>(values + 8 * i);
    // Of a NaN only that it is one is kept.
    if (value === value) store<f32>(at + 4 * i, <f32>value);
    else store<u32>(at + 4 * i, 0x7fc00000);
  }
  return at + 4 * BLOCK_ROWS;
}

@inline function lineBytes(width: i32): usize {
  return <usize>(width === RAW ? RAW * BLOCK_ROWS : 16 + width * BLOCK_ROWS);
}

@inline function onLine(begin: f64, slope: f64, row: i32): f64 {
  return begin + floor<f64>(<f64>row * slope);
}

/** Encodes a part of all rows at `at`. Returns the width of the distances from its line. */
function encodeLine(numbers: usize, unit: f64, unitsPerOne: f64, at: usize): i32 {
  const first = load<f64>(numbers) * unitsPerOne;
  const slope = (load<f64>(numbers, 8 * LAST) * unitsPerOne - first) / <f64>LAST;
  let least: f64 = Infinity;
  let most: f64 = -Infinity;
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const distance = load<f64>(numbers + 8 * row) * unitsPerOne - onLine(first, slope, row);
    // A part with a NaN or an infinity does not lie on a line.
    if (distance !== distance) return encodeRaw(numbers, at);
    store<f64>(DISTANCES + 8 * row, distance);
    if (distance < least) least = distance;
    if (distance > most) most = distance;
  }
  const range = most - least;
  const width = range === 0 ? 0 : range < 256 ? 1 : range < 65536 ? 2 : range < 4294967296 ? 4 : RAW;
  if (width === RAW) return encodeRaw(numbers, at);
  const begin = first + least;
  const rest = at + 16;
  // What cannot be read again as it was is not a whole number of units, too large for its last digits, or −0.
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const distance = <u32>(load<f64>(DISTANCES + 8 * row) - least);
    const read = (onLine(begin, slope, row) + <f64>distance) * unit;
    if (reinterpret<u64>(read) !== load<u64>(numbers + 8 * row)) return encodeRaw(numbers, at);
    if (width === 1) store<u8>(rest + row, <u8>distance);
    else if (width === 2) store<u16>(rest + 2 * row, <u16>distance);
    else if (width === 4) store<u32>(rest + 4 * row, distance);
  }
  store<f64>(at, begin);
  store<f64>(at, slope, 8);
  return width;
}

function encodeRaw(numbers: usize, at: usize): i32 {
  memory.copy(at, numbers, 8 * BLOCK_ROWS);
  return RAW;
}
