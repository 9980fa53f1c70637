/**
 * What shows of blocks of rows in pixel columns: see shared/src/log-index/scalar-blocks.ts for how a block lies in memory, and
 * shared/src/answers/series/pixel-columns.ts for what is found of each column. AssemblyScript, see machine/compile-wasm.mjs.
 */

export const MOST_BLOCKS: i32 = 128;
export const INPUT_BYTES: usize = 256 * 1024;
/** Numbers of a column: its place, its points, and x and value of the first, lowest, highest and last point. */
export const COLUMN_NUMBERS: i32 = 10;

const BLOCK_ROWS: i32 = 64;
const LAST: i32 = BLOCK_ROWS - 1;
const HEAD_BYTES: usize = 6;
const LINE_BYTES: usize = 16;
const ARE_FINITE: u8 = 2;
const RAW: u8 = 8;

/** The blocks. */
export const INPUT: usize = 1024;
/** u32 of each block: where it begins in the input. */
export const OFFSETS: usize = INPUT + INPUT_BYTES;
/** The columns that were found, in order of x: no more than there are rows. */
export const COLUMNS: usize = OFFSETS + 4 * MOST_BLOCKS;
export const MEMORY_BYTES: usize = COLUMNS + 8 * COLUMN_NUMBERS * BLOCK_ROWS * MOST_BLOCKS;

let rangeFrom: f64 = 0;
let rangeTo: f64 = 0;
let width: f64 = 0;
let perX: f64 = 0;
let origin: f64 = 0;

/** The range of the columns, and where x begins. */
export function open(from: f64, to: f64, columns: f64, columnsPerX: f64, xOrigin: f64): void {
  rangeFrom = from;
  rangeTo = to;
  width = columns;
  perX = columnsPerX;
  origin = xOrigin;
}

// The block that is read.
let lineWidth: u8 = 0;
let unit: f64 = 1;
let begin: f64 = 0;
let slope: f64 = 0;
let distances: usize = 0;
let values: usize = 0;
let isNarrow: bool = true;

@inline function lineBytes(bytes: u8): usize {
  return bytes == RAW ? <usize>RAW * BLOCK_ROWS : LINE_BYTES + <usize>bytes * BLOCK_ROWS;
}

@inline function xOf(row: i32): f64 {
  const at = distances + <usize>row * lineWidth;
  if (lineWidth == RAW) return load<f64>(at) - origin;
  const point = begin + floor<f64>(<f64>row * slope);
  if (lineWidth == 0) return point * unit - origin;
  if (lineWidth == 1) return (point + <f64>load<u8>(at)) * unit - origin;
  return (point + (lineWidth == 2 ? <f64>load<u16>(at) : <f64>load<u32>(at))) * unit - origin;
}

@inline function placeOf(x: f64): f64 {
  if (x < rangeFrom) return 0;
  if (x > rangeTo) return width + 1;
  return min<f64>(width, floor<f64>((x - rangeFrom) * perX) + 1);
}

@inline function valueOf(row: i32): f64 {
  return isNarrow ? <f64>load<f32>(values + 4 * row) : load<f64>(values + 8 * row);
}

// The column that is being filled.
let place: f64 = 0;
let count: f64 = 0;
let firstX: f64 = 0;
let first: f64 = 0;
let minX: f64 = 0;
let least: f64 = 0;
let maxX: f64 = 0;
let most: f64 = 0;
let lastX: f64 = 0;
let last: f64 = 0;
let found: i32 = 0;

function flush(): void {
  if (count == 0) return;
  const at = COLUMNS + <usize>(8 * COLUMN_NUMBERS * found);
  store<f64>(at, place);
  store<f64>(at, count, 8);
  store<f64>(at, firstX, 16);
  store<f64>(at, first, 24);
  store<f64>(at, minX, 32);
  store<f64>(at, least, 40);
  store<f64>(at, maxX, 48);
  store<f64>(at, most, 56);
  store<f64>(at, lastX, 64);
  store<f64>(at, last, 72);
  found++;
  count = 0;
}

/** Rows `from` to `to` (exclusive) of the block, all of which lie in the column at `at`. */
function addRows(at: f64, block: usize, from: i32, to: i32): void {
  let lowest = <i32>load<u8>(block + 4);
  let highest = <i32>load<u8>(block + 5);
  if (min(lowest, highest) < from || max(lowest, highest) >= to) {
    lowest = highest = from;
    let low = valueOf(from);
    let high = low;
    for (let row = from + 1; row < to; row++) {
      const value = valueOf(row);
      if (value < low) {
        low = value;
        lowest = row;
      } else if (value > high) {
        high = value;
        highest = row;
      }
    }
  }
  if (at != place || count == 0) {
    flush();
    place = at;
    firstX = xOf(from);
    first = valueOf(from);
    least = Infinity;
    most = -Infinity;
  }
  const low = valueOf(lowest);
  const high = valueOf(highest);
  if (low < least) {
    least = low;
    minX = xOf(lowest);
  }
  if (high > most) {
    most = high;
    maxX = xOf(highest);
  }
  lastX = xOf(to - 1);
  last = valueOf(to - 1);
  count += <f64>(to - from);
}

/** Where the rows of a block end that lie in the column of row `from`, when its last row does not. */
function endOf(at: f64, from: i32): i32 {
  let low = from;
  let high = LAST;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (placeOf(xOf(middle)) == at) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Finds the columns of the first `blocks` blocks of the input, whose x must not fall. `isStep` says which of their lines is x.
 * Stops at a block with a value that is not finite, and returns how many it has taken.
 */
export function find(blocks: i32, isStep: bool): i32 {
  found = 0;
  count = 0;
  let taken = 0;
  for (; taken < blocks; taken++) {
    const block = INPUT + <usize>load<u32>(OFFSETS + 4 * <usize>taken);
    if ((load<u8>(block + 3) & ARE_FINITE) == 0) break;
    const stepWidth = load<u8>(block);
    const wallTimes = block + HEAD_BYTES + lineBytes(stepWidth);
    const line = isStep ? block + HEAD_BYTES : wallTimes;
    lineWidth = isStep ? stepWidth : load<u8>(block + 1);
    unit = isStep ? 1 : 1.0 / 4194304;
    begin = load<f64>(line);
    slope = load<f64>(line + 8);
    distances = lineWidth == RAW ? line : line + LINE_BYTES;
    isNarrow = load<u8>(block + 2) == 4;
    values = wallTimes + lineBytes(load<u8>(block + 1));
    const end = placeOf(xOf(LAST));
    for (let from = 0; from < BLOCK_ROWS; ) {
      const at = placeOf(xOf(from));
      const to = at == end ? BLOCK_ROWS : endOf(at, from);
      addRows(at, block, from, to);
      from = to;
    }
  }
  flush();
  return taken;
}

/** How many columns the last call has found. */
export function foundColumns(): i32 {
  return found;
}
