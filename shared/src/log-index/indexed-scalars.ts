import { SCALAR_ROW_BYTES, writeScalarRow } from '../protocol/rows.js';
import { RowColumn } from './row-column.js';
import type { RowBlock, RowMemory } from './row-memory.js';
import {
  BLOCK_ROWS,
  blockBytes,
  doStepsAscend,
  encodeBlock,
  isFloat32,
  isWideBlock,
  MOST_BLOCK_BYTES,
  RAW_ROW_BYTES,
  RAW_ROW_NUMBERS,
  readLine,
  readValues,
  stepOf,
} from './scalar-blocks.js';

const FIRST_ROWS = 4;
const LAST_ROW = BLOCK_ROWS - 1;

export type ScalarPart = 'step' | 'wallTime' | 'value';

/** Where each part lies in a row of the tail. */
const PLACE: Readonly<Record<ScalarPart, number>> = { step: 0, wallTime: 8, value: 16 };

/** Consecutive rows of a column of scalars, one array for each part. */
export interface ScalarRows {
  /** The steps, as the nearest doubles. */
  readonly steps: Float64Array<ArrayBuffer>;
  /** Seconds since the epoch. */
  readonly wallTimes: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Memory with several blocks, which are as `scalar-blocks.ts` describes. */
export interface BlockStretch {
  readonly bytes: Uint8Array;
  /** How many blocks it has, as far as they were asked for. */
  readonly count: number;
}

/** The scalars of one tag. Whole blocks are compressed; the rows of the last one, which is not complete, are doubles. */
export class IndexedScalars extends RowColumn<'scalar'> {
  /** Whether a value is stored that float32 cannot represent. */
  wide = false;
  /** Where each block lies in the memory. Most columns are short and have none. */
  #blocks: number[] | undefined;
  #tail: RowBlock;
  /** Of the tail: read for every row. */
  #view: DataView;
  #base: number;
  /** Rows for which the tail has room. */
  #tailRows = FIRST_ROWS;

  constructor(tag: string, memory: RowMemory) {
    super(tag, 'scalar', memory);
    this.#tail = memory.take(FIRST_ROWS * RAW_ROW_BYTES);
    this.#view = this.#tail.view;
    this.#base = this.#tail.base;
  }

  get plugin(): string {
    return '';
  }

  append(step: number, wallTime: number, value: number): void {
    const row = this.rows % BLOCK_ROWS;
    if (row === this.#tailRows) this.#growTail();
    const view = this.#view;
    const at = this.#base + row * RAW_ROW_BYTES;
    view.setFloat64(at, step, true);
    view.setFloat64(at + 8, wallTime, true);
    view.setFloat64(at + 16, value, true);
    if (!this.wide && !isFloat32(value)) this.wide = true;
    this.addRow(step);
    this.#endBlock();
  }

  /** Adds rows that are not compressed: RAW_ROW_NUMBERS numbers each, in the order of the bytes of the machine. */
  appendRows(rows: Float64Array): void {
    for (let from = 0; from < rows.length; ) {
      const row = this.rows % BLOCK_ROWS;
      const to = Math.min(rows.length, from + (BLOCK_ROWS - row) * RAW_ROW_NUMBERS);
      while (row + (to - from) / RAW_ROW_NUMBERS > this.#tailRows) this.#growTail();
      const bytes = new Uint8Array(rows.buffer, rows.byteOffset + 8 * from, 8 * (to - from));
      new Uint8Array(this.#view.buffer, this.#base + row * RAW_ROW_BYTES).set(bytes);
      for (let at = from; at < to; at += RAW_ROW_NUMBERS) {
        if (!this.wide && !isFloat32(rows[at + 2]!)) this.wide = true;
        this.addRow(rows[at]!);
      }
      this.#endBlock();
      from = to;
    }
  }

  /** Compresses the rows of the tail if they are a block. */
  #endBlock(): void {
    if (this.rows % BLOCK_ROWS !== 0) return;
    this.#blocks ??= [];
    this.#blocks.push(this.memory.keep(encodeBlock(this.#view, this.#base, !this.wide)));
  }

  /**
   * Adds the rows of the block at `base`, which `encodeBlock` has made, of this length.
   * @param place where the memory of the column has it already; −1 if it does not
   */
  appendBlock(view: DataView, base: number, length: number, place: number): void {
    if (this.rows % BLOCK_ROWS === 0) {
      this.#blocks ??= [];
      this.#blocks.push(
        place >= 0 ? place : this.memory.keep(new Uint8Array(view.buffer, view.byteOffset + base, length)),
      );
      if (isWideBlock(view, base)) this.wide = true;
      if (doStepsAscend(view, base)) {
        this.addRows(BLOCK_ROWS, stepOf(view, base, 0), stepOf(view, base, LAST_ROW));
        return;
      }
      readLine(view, base, 'step', 0, BLOCK_ROWS, blockSteps, 0);
      for (let row = 0; row < BLOCK_ROWS; row++) this.addRow(blockSteps[row]!);
      return;
    }
    readLine(view, base, 'step', 0, BLOCK_ROWS, blockSteps, 0);
    readLine(view, base, 'wallTime', 0, BLOCK_ROWS, blockWallTimes, 0);
    readValues(view, base, 0, BLOCK_ROWS, blockValues, 0);
    for (let row = 0; row < BLOCK_ROWS; row++)
      this.append(blockSteps[row]!, blockWallTimes[row]!, blockValues[row]!);
  }

  /**
   * Takes over blocks of this length, which the memory of the column has at `place` and whose steps ascend from the first row to
   * the last. It looks at the first and the last block alone: looking at each takes 15 ms of a start on 10 million scalars.
   * @returns whether it has
   */
  takeAlike(view: DataView, length: number, place: number): boolean {
    const isWhole = length > 0 && view.byteLength % length === 0 && this.rows % BLOCK_ROWS === 0;
    if (!isWhole || blockBytes(view, 0) !== length) return false;
    this.#blocks ??= [];
    for (let at = 0; at < view.byteLength; at += length) this.#blocks.push(place + at);
    if (isWideBlock(view, 0)) this.wide = true;
    const rows = (view.byteLength / length) * BLOCK_ROWS;
    this.addRows(rows, stepOf(view, 0, 0), stepOf(view, view.byteLength - length, LAST_ROW));
    return true;
  }

  override bytes(from: number, to = this.rows): Uint8Array {
    const { steps, wallTimes, values } = this.read(from, to);
    const bytes = new Uint8Array(steps.length * SCALAR_ROW_BYTES);
    const view = new DataView(bytes.buffer);
    for (let row = 0; row < steps.length; row++)
      writeScalarRow(view, row * SCALAR_ROW_BYTES, steps[row]!, wallTimes[row]!, values[row]!);
    return bytes;
  }

  override step(row: number): number {
    const block = this.#blocks?.[Math.floor(row / BLOCK_ROWS)];
    const at = row % BLOCK_ROWS;
    if (block === undefined) return this.#view.getFloat64(this.#base + at * RAW_ROW_BYTES, true);
    return stepOf(this.memory.viewOf(block), this.memory.baseOf(block), at);
  }

  value(row: number): number {
    const block = this.#blocks?.[Math.floor(row / BLOCK_ROWS)];
    const at = row % BLOCK_ROWS;
    if (block === undefined) return this.#view.getFloat64(this.#base + at * RAW_ROW_BYTES + 16, true);
    readValues(this.memory.viewOf(block), this.memory.baseOf(block), at, at + 1, one, 0);
    return one[0]!;
  }

  /** Rows [from, to), as copies. */
  read(from: number, to: number): ScalarRows {
    const count = Math.max(0, Math.min(to, this.rows) - from);
    const rows = {
      steps: new Float64Array(count),
      wallTimes: new Float64Array(count),
      values: new Float64Array(count),
    };
    this.readPart('step', from, to, rows.steps);
    this.readPart('wallTime', from, to, rows.wallTimes);
    this.readPart('value', from, to, rows.values);
    return rows;
  }

  /** One part of rows [from, to), into an array that has room for them, from `start` on. */
  readPart(part: ScalarPart, from: number, to: number, into: Float64Array, start = 0): void {
    const end = Math.min(to, this.rows);
    for (let row = from; row < end; ) {
      const begin = row % BLOCK_ROWS;
      const rows = Math.min(BLOCK_ROWS - begin, end - row);
      const block = this.#blocks?.[Math.floor(row / BLOCK_ROWS)];
      const place = start + row - from;
      if (block === undefined) this.#readTail(PLACE[part], begin, begin + rows, into, place);
      else {
        const view = this.memory.viewOf(block);
        const base = this.memory.baseOf(block);
        if (part === 'value') readValues(view, base, begin, begin + rows, into, place);
        else readLine(view, base, part, begin, begin + rows, into, place);
      }
      row += rows;
    }
  }

  /**
   * The memory with the block that begins at `row` and those after it, as many as lie in one piece of at most `mostBytes`.
   * Where each begins in it is written into `offsets`, which has room for the most that are wanted. Null if no whole block
   * begins there. The bytes are the column's own.
   */
  blocks(row: number, mostBytes: number, offsets: Uint32Array): BlockStretch | null {
    const first = row % BLOCK_ROWS === 0 ? this.#blocks?.[row / BLOCK_ROWS] : undefined;
    if (first === undefined) return null;
    const view = this.memory.viewOf(first);
    const base = this.memory.baseOf(first);
    let count = 0;
    let end = 0;
    for (let block = row / BLOCK_ROWS; count < offsets.length; block++) {
      const place = this.#blocks![block];
      if (place === undefined || place < first || this.memory.viewOf(place) !== view) break;
      const offset = place - first;
      if (offset + MOST_BLOCK_BYTES > mostBytes) break;
      offsets[count++] = offset;
      end = Math.max(end, offset + MOST_BLOCK_BYTES);
    }
    const length = Math.min(end, view.byteLength - base);
    return { bytes: new Uint8Array(view.buffer, view.byteOffset + base, length), count };
  }

  #readTail(offset: number, from: number, to: number, into: Float64Array, place: number): void {
    for (let row = from; row < to; row++)
      into[place + row - from] = this.#view.getFloat64(this.#base + row * RAW_ROW_BYTES + offset, true);
  }

  #growTail(): void {
    const small = this.#tail;
    const used = this.#tailRows * RAW_ROW_BYTES;
    const tail = this.memory.take(2 * used);
    new Uint8Array(tail.view.buffer, tail.base).set(new Uint8Array(small.view.buffer, small.base, used));
    this.memory.reuse(small);
    this.#tail = tail;
    this.#view = tail.view;
    this.#base = tail.base;
    this.#tailRows *= 2;
  }
}

/** Where the rows of a block are decoded that does not begin where a block of the column does. */
const blockSteps = new Float64Array(BLOCK_ROWS);
const blockWallTimes = new Float64Array(BLOCK_ROWS);
const blockValues = new Float64Array(BLOCK_ROWS);

/** Where single numbers are decoded. */
const one = new Float64Array(1);
