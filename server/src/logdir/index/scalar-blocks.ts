/**
 * A block of scalar rows in few bytes, without loss. Steps and wall times mostly grow evenly, so each is kept as a line
 * and the distances from it in whole units; where that would lose something, or take as much, as doubles. Values are
 * float32, as logs hold them, unless one of the block is not.
 *
 *   u8 width of the steps' distances | u8 that of the wall times' | u8 size of a value | u8 unused | steps | wall times | values
 *
 * A width of 0 says that all lie on the line, RAW that there is no line.
 */

/** Rows of a block. More take less room for each, and a column keeps up to as many uncompressed. */
export const BLOCK_ROWS = 64;
/** A step, a wall time and a value as doubles. */
export const RAW_ROW_BYTES = 24;

const HEAD_BYTES = 4;
/** The line: where it begins, and by how much it rises with each row. */
const LINE_BYTES = 16;
/** Width of a double. */
const RAW = 8;
const LAST = BLOCK_ROWS - 1;

/** A double near 1.7e9, the seconds since the epoch of these years, is a multiple of 2^-22. */
const UNITS_PER_SECOND = 2 ** 22;
const UNITS_PER_STEP = 1;

/** The part of a row that is kept as a line. */
export type LinePart = 'step' | 'wallTime';

const steps = new Float64Array(BLOCK_ROWS);
const wallTimes = new Float64Array(BLOCK_ROWS);
const values = new Float64Array(BLOCK_ROWS);
const distances = new Float64Array(BLOCK_ROWS);
const encoded = new Uint8Array(HEAD_BYTES + RAW_ROW_BYTES * BLOCK_ROWS);
const encodedView = new DataView(encoded.buffer);

/** Encodes the BLOCK_ROWS raw rows that begin at `base`. The result is valid until the next call. */
export function encodeBlock(view: DataView, base: number): Uint8Array {
  let valueSize = 4;
  for (let row = 0, at = base; row < BLOCK_ROWS; row++, at += RAW_ROW_BYTES) {
    steps[row] = view.getFloat64(at, true);
    wallTimes[row] = view.getFloat64(at + 8, true);
    const value = view.getFloat64(at + 16, true);
    values[row] = value;
    if (!isFloat32(value)) valueSize = 8;
  }
  const stepWidth = encodeLine(steps, UNITS_PER_STEP, HEAD_BYTES);
  let at = HEAD_BYTES + lineBytes(stepWidth);
  const wallTimeWidth = encodeLine(wallTimes, UNITS_PER_SECOND, at);
  at += lineBytes(wallTimeWidth);
  encodedView.setUint8(0, stepWidth);
  encodedView.setUint8(1, wallTimeWidth);
  encodedView.setUint8(2, valueSize);
  for (let row = 0; row < BLOCK_ROWS; row++, at += valueSize) {
    if (valueSize === 4) encodedView.setFloat32(at, values[row]!, true);
    else encodedView.setFloat64(at, values[row]!, true);
  }
  return encoded.subarray(0, at);
}

/** Whether float32 represents the value. Of a NaN only that it is one is kept. */
export function isFloat32(value: number): boolean {
  return Math.fround(value) === value || Number.isNaN(value);
}

function lineBytes(width: number): number {
  return width === RAW ? RAW * BLOCK_ROWS : LINE_BYTES + width * BLOCK_ROWS;
}

/** Encodes a part of all rows at `at`. Returns the width of the distances. */
function encodeLine(part: Float64Array, unitsPerOne: number, at: number): number {
  const first = part[0]! * unitsPerOne;
  const slope = (part[LAST]! * unitsPerOne - first) / LAST;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const units = part[row]! * unitsPerOne;
    if (!Number.isSafeInteger(units)) return encodeRaw(part, at);
    const distance = units - (first + Math.floor(row * slope));
    distances[row] = distance;
    if (distance < least) least = distance;
    if (distance > most) most = distance;
  }
  const width = widthOf(most - least);
  const begin = first + least;
  // Rounding may lose a unit where a line is steep, and a line has no −0.
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const back = onLine(begin, slope, row, distances[row]! - least, unitsPerOne);
    if (width === RAW || !Object.is(back, part[row]!)) return encodeRaw(part, at);
  }
  encodedView.setFloat64(at, begin, true);
  encodedView.setFloat64(at + 8, slope, true);
  for (let row = 0, place = at + LINE_BYTES; row < BLOCK_ROWS; row++, place += width)
    writeDistance(place, width, distances[row]! - least);
  return width;
}

function encodeRaw(part: Float64Array, at: number): number {
  for (let row = 0; row < BLOCK_ROWS; row++) encodedView.setFloat64(at + row * RAW, part[row]!, true);
  return RAW;
}

function widthOf(range: number): number {
  if (range === 0) return 0;
  if (range < 2 ** 8) return 1;
  if (range < 2 ** 16) return 2;
  return range < 2 ** 32 ? 4 : RAW;
}

function writeDistance(at: number, width: number, distance: number): void {
  if (width === 1) encodedView.setUint8(at, distance);
  else if (width === 2) encodedView.setUint16(at, distance, true);
  else if (width === 4) encodedView.setUint32(at, distance, true);
}

function readDistance(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true);
  return width === 4 ? view.getUint32(at, true) : 0;
}

function onLine(begin: number, slope: number, row: number, distance: number, unitsPerOne: number): number {
  return (begin + Math.floor(row * slope) + distance) / unitsPerOne;
}

/** Reads a part of rows [from, to) of the block at `base` into `into`, from `place` on. */
export function readLine(
  view: DataView,
  base: number,
  part: LinePart,
  from: number,
  to: number,
  into: Float64Array,
  place: number,
): void {
  const isStep = part === 'step';
  const stepWidth = view.getUint8(base);
  const width = isStep ? stepWidth : view.getUint8(base + 1);
  const unitsPerOne = isStep ? UNITS_PER_STEP : UNITS_PER_SECOND;
  const at = base + HEAD_BYTES + (isStep ? 0 : lineBytes(stepWidth));
  if (width === RAW) {
    for (let row = from; row < to; row++) into[place + row - from] = view.getFloat64(at + row * RAW, true);
    return;
  }
  const begin = view.getFloat64(at, true);
  const slope = view.getFloat64(at + 8, true);
  for (let row = from; row < to; row++) {
    const distance = readDistance(view, at + LINE_BYTES + row * width, width);
    into[place + row - from] = onLine(begin, slope, row, distance, unitsPerOne);
  }
}

/** Reads the values of rows [from, to) of the block at `base` into `into`, from `place` on. */
export function readValues(
  view: DataView,
  base: number,
  from: number,
  to: number,
  into: Float64Array,
  place: number,
): void {
  const size = view.getUint8(base + 2);
  const at = base + HEAD_BYTES + lineBytes(view.getUint8(base)) + lineBytes(view.getUint8(base + 1));
  for (let row = from; row < to; row++) {
    into[place + row - from] =
      size === 4 ? view.getFloat32(at + row * 4, true) : view.getFloat64(at + row * 8, true);
  }
}
