/**
 * A block of scalar rows in few bytes, without loss. Steps and wall times mostly grow evenly, so each is kept as a line
 * and the distances from it in whole units; where that would lose something, or take as much, as doubles. Values are
 * float32, as logs hold them, unless one of the block is not.
 *
 *   u8 width of the steps' distances | u8 that of the wall times' | u8 size of a value | u8 flags
 *   u8 row of the lowest value | u8 row of the highest | steps | wall times | values
 *
 * A width of 0 says that all lie on the line, RAW that there is no line. The lowest and highest rows, the first of equal
 * ones, let a chart show a block whose points share a pixel without decoding it (server/src/pixel-columns).
 *
 * One file, because what writes blocks and what reads them both have to know where every part of them lies, and nobody else
 * does.
 */

/** Rows of a block. More take less room for each, and a column keeps up to as many uncompressed. */
export const BLOCK_ROWS = 64;
/** A step, a wall time and a value as doubles. */
export const RAW_ROW_NUMBERS = 3;
export const RAW_ROW_BYTES = 8 * RAW_ROW_NUMBERS;

const HEAD_BYTES = 6;
/** The length of a block in which nothing could be shortened. */
export const MOST_BLOCK_BYTES = HEAD_BYTES + RAW_ROW_BYTES * BLOCK_ROWS;
const FLAG = {
  /** The step of each row is higher than that of the row before. */
  stepsAscend: 1,
  /** All values are finite. Only then the lowest and the highest are known. */
  areFinite: 2,
} as const;
/** The line: where it begins, and by how much it rises with each row. */
const LINE_BYTES = 16;
/** Width of a double. */
const RAW = 8;
const LAST = BLOCK_ROWS - 1;

/** Which widths distances may have. A table, as it is asked for every block of an index on disk. */
const IS_WIDTH = Uint8Array.from({ length: 256 }, (_, width) => Number([0, 1, 2, 4, RAW].includes(width)));

/** What is counted in whole numbers. A double near 1.7e9, the seconds since the epoch of these years, is a multiple of it. */
const WALL_TIME_UNIT = 2 ** -22;
const STEP_UNIT = 1;

/** The part of a row that is kept as a line. */
export type LinePart = 'step' | 'wallTime';

const steps = new Float64Array(BLOCK_ROWS);
const wallTimes = new Float64Array(BLOCK_ROWS);
const values = new Float64Array(BLOCK_ROWS);
const distances = new Float64Array(BLOCK_ROWS);
const encoded = new Uint8Array(MOST_BLOCK_BYTES);
const encodedView = new DataView(encoded.buffer);

/**
 * Encodes the BLOCK_ROWS raw rows that begin at `base`. The result is valid until the next call.
 * @param isNarrow whether float32 represents all values, as far as that is known
 */
export function encodeBlock(view: DataView, base: number, isNarrow: boolean): Uint8Array {
  let areFloat32 = true;
  let flags: number = FLAG.stepsAscend | FLAG.areFinite;
  let lowest = 0;
  let highest = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (let row = 0, at = base; row < BLOCK_ROWS; row++, at += RAW_ROW_BYTES) {
    const step = view.getFloat64(at, true);
    if (step <= before) flags &= ~FLAG.stepsAscend;
    steps[row] = before = step;
    wallTimes[row] = view.getFloat64(at + 8, true);
    const value = view.getFloat64(at + 16, true);
    values[row] = value;
    if (!isNarrow && !isFloat32(value)) areFloat32 = false;
    if (value < values[lowest]!) lowest = row;
    else if (value > values[highest]!) highest = row;
    if (value - value !== 0) flags &= ~FLAG.areFinite;
  }
  const stepWidth = encodeLine(steps, STEP_UNIT, HEAD_BYTES);
  const wallTimesAt = HEAD_BYTES + lineBytes(stepWidth);
  const wallTimeWidth = encodeLine(wallTimes, WALL_TIME_UNIT, wallTimesAt);
  const valuesAt = wallTimesAt + lineBytes(wallTimeWidth);
  const valueSize = areFloat32 ? 4 : 8;
  encodedView.setUint8(0, stepWidth);
  encodedView.setUint8(1, wallTimeWidth);
  encodedView.setUint8(2, valueSize);
  encodedView.setUint8(3, flags);
  encodedView.setUint8(4, lowest);
  encodedView.setUint8(5, highest);
  if (areFloat32)
    for (let row = 0; row < BLOCK_ROWS; row++) encodedView.setFloat32(valuesAt + 4 * row, values[row]!, true);
  else
    for (let row = 0; row < BLOCK_ROWS; row++) encodedView.setFloat64(valuesAt + 8 * row, values[row]!, true);
  return encoded.subarray(0, valuesAt + valueSize * BLOCK_ROWS);
}

/**
 * The length of the block at `base`, by its head.
 * @throws RangeError if no block begins there, or not all of it is in the view
 */
export function blockBytes(view: DataView, base: number): number {
  const head = view.getUint32(base, true);
  if (head !== knownHead) {
    knownLength = lengthByHead(head);
    knownHead = head;
  }
  // Rows are numbered up to 63.
  if ((view.getUint16(base + 4, true) & 0xc0c0) !== 0)
    throw new RangeError('The extremes of a block of rows are not in it.');
  if (base + knownLength > view.byteLength) throw new RangeError('A block of rows is cut short.');
  return knownLength;
}

/** The first four bytes of the block that was asked for last, and its length: most blocks of a column begin with the same. */
let knownHead = -1;
let knownLength = 0;

function lengthByHead(head: number): number {
  const [ofSteps, ofWallTimes, ofValues] = [head & 255, (head >>> 8) & 255, (head >>> 16) & 255];
  if (!IS_WIDTH[ofSteps] || !IS_WIDTH[ofWallTimes] || (ofValues !== 4 && ofValues !== 8))
    throw new RangeError('No block of rows begins here.');
  return HEAD_BYTES + lineBytes(ofSteps) + lineBytes(ofWallTimes) + ofValues * BLOCK_ROWS;
}

/** Whether a value of the block at `base` is not a float32. */
export function isWideBlock(view: DataView, base: number): boolean {
  return view.getUint8(base + 2) === 8;
}

/** Whether the step of each row of the block at `base` is higher than that of the row before. */
export function doStepsAscend(view: DataView, base: number): boolean {
  return (view.getUint8(base + 3) & FLAG.stepsAscend) !== 0;
}

/** The step of a row of the block at `base`. */
export function stepOf(view: DataView, base: number, row: number): number {
  const width = view.getUint8(base);
  const at = base + HEAD_BYTES;
  if (width === RAW) return view.getFloat64(at + row * RAW, true);
  const point = onLine(view.getFloat64(at, true), view.getFloat64(at + 8, true), row);
  const rest = at + LINE_BYTES;
  if (width === 0) return point;
  if (width === 1) return point + view.getUint8(rest + row);
  return point + (width === 2 ? view.getUint16(rest + 2 * row, true) : view.getUint32(rest + 4 * row, true));
}

/** Whether float32 represents the value. Of a NaN only that it is one is kept. */
export function isFloat32(value: number): boolean {
  return Math.fround(value) === value || Number.isNaN(value);
}

function lineBytes(width: number): number {
  return width === RAW ? RAW * BLOCK_ROWS : LINE_BYTES + width * BLOCK_ROWS;
}

/** Encodes a part of all rows at `at`. Returns the width of the distances. A unit is a power of two. */
function encodeLine(part: Float64Array, unit: number, at: number): number {
  const unitsPerOne = 1 / unit;
  const first = part[0]! * unitsPerOne;
  const slope = (part[LAST]! * unitsPerOne - first) / LAST;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const distance = part[row]! * unitsPerOne - onLine(first, slope, row);
    distances[row] = distance;
    if (distance < least) least = distance;
    if (distance > most) most = distance;
  }
  const width = widthOf(most - least);
  if (width === RAW) return encodeRaw(part, at);
  const begin = first + least;
  const rest = at + LINE_BYTES;
  // What cannot be read again as it was is not a whole number of units, too large for its last digits, or −0.
  for (let row = 0; row < BLOCK_ROWS; row++) {
    const distance = (distances[row]! - least) >>> 0;
    const number = part[row]!;
    if ((onLine(begin, slope, row) + distance) * unit !== number) return encodeRaw(part, at);
    if (number === 0 && Object.is(number, -0)) return encodeRaw(part, at);
    if (width === 1) encoded[rest + row] = distance;
    else if (width === 2) encodedView.setUint16(rest + 2 * row, distance, true);
    else if (width === 4) encodedView.setUint32(rest + 4 * row, distance, true);
  }
  encodedView.setFloat64(at, begin, true);
  encodedView.setFloat64(at + 8, slope, true);
  return width;
}

function encodeRaw(part: Float64Array, at: number): number {
  for (let row = 0; row < BLOCK_ROWS; row++) encodedView.setFloat64(at + row * RAW, part[row]!, true);
  return RAW;
}

/** The bytes that a distance of up to `range` takes. */
function widthOf(range: number): number {
  if (range === 0) return 0;
  if (range < 2 ** 8) return 1;
  if (range < 2 ** 16) return 2;
  return range < 2 ** 32 ? 4 : RAW;
}

/** The point of a line at a row, in units. */
function onLine(begin: number, slope: number, row: number): number {
  return begin + Math.floor(row * slope);
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
  const unit = isStep ? STEP_UNIT : WALL_TIME_UNIT;
  const at = base + HEAD_BYTES + (isStep ? 0 : lineBytes(stepWidth));
  const shift = place - from;
  if (width === RAW) {
    for (let row = from; row < to; row++) into[shift + row] = view.getFloat64(at + row * RAW, true);
    return;
  }
  const begin = view.getFloat64(at, true);
  const slope = view.getFloat64(at + 8, true);
  const rest = at + LINE_BYTES;
  // One loop for each width, as this is where a reader of whole columns spends its time.
  if (width === 0) {
    for (let row = from; row < to; row++) into[shift + row] = onLine(begin, slope, row) * unit;
  } else if (width === 1) {
    for (let row = from; row < to; row++)
      into[shift + row] = (onLine(begin, slope, row) + view.getUint8(rest + row)) * unit;
  } else if (width === 2) {
    for (let row = from; row < to; row++)
      into[shift + row] = (onLine(begin, slope, row) + view.getUint16(rest + 2 * row, true)) * unit;
  } else {
    for (let row = from; row < to; row++)
      into[shift + row] = (onLine(begin, slope, row) + view.getUint32(rest + 4 * row, true)) * unit;
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
  const shift = place - from;
  if (size === 4)
    for (let row = from; row < to; row++) into[shift + row] = view.getFloat32(at + 4 * row, true);
  else for (let row = from; row < to; row++) into[shift + row] = view.getFloat64(at + 8 * row, true);
}
