import {
  BLOB_ROW_BYTES,
  type BlobRow,
  readBlobRow,
  SCALAR_ROW_BYTES,
  writeBlobRow,
  writeScalarRow,
} from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import type { RowBlock, RowMemory } from './row-memory.js';

const FIRST_ROWS = 4;
/** From this many rows on, a column grows by half instead of doubling. */
const MANY_ROWS = 200;

/**
 * The rows of one (tag, kind), append-only and numbered from 0. They are kept as the bytes that go over the wire, so that
 * views of them can be sent, and so that ten million points take 200 MB and a few hundred objects.
 */
export class RowColumn {
  readonly tag: string;
  readonly kind: RecordKind;
  readonly rowBytes: number;
  rows = 0;
  readonly #memory: RowMemory;
  #block: RowBlock;
  /** Of the block: read for every row. */
  #view: DataView;
  /** Where the next row goes in the view. */
  #next: number;
  #end: number;

  constructor(tag: string, kind: RecordKind, memory: RowMemory) {
    this.tag = tag;
    this.kind = kind;
    this.rowBytes = kind === 'scalar' ? SCALAR_ROW_BYTES : BLOB_ROW_BYTES;
    this.#memory = memory;
    this.#block = memory.take(FIRST_ROWS * this.rowBytes);
    this.#view = this.#block.view;
    this.#next = this.#block.base;
    this.#end = this.#block.base + this.#block.bytes;
  }

  appendScalar(step: number, wallTime: number, value: number): void {
    if (this.#next + SCALAR_ROW_BYTES > this.#end) this.#grow();
    writeScalarRow(this.#view, this.#next, step, wallTime, value);
    this.#next += SCALAR_ROW_BYTES;
    this.rows++;
  }

  appendBlob(row: BlobRow): void {
    if (this.#next + BLOB_ROW_BYTES > this.#end) this.#grow();
    writeBlobRow(this.#view, this.#next, row);
    this.#next += BLOB_ROW_BYTES;
    this.rows++;
  }

  /** Rows [from, to) as bytes. The view stays valid, since rows never change and growing copies the block. */
  bytes(from: number, to = this.rows): Uint8Array {
    const end = Math.min(to, this.rows);
    const start = Math.min(from, end);
    const { view, base } = this.#block;
    return new Uint8Array(view.buffer, base + start * this.rowBytes, (end - start) * this.rowBytes);
  }

  /** The step of a row; both kinds of rows begin with it. */
  step(row: number): number {
    return this.#block.view.getFloat64(this.#block.base + row * this.rowBytes, true);
  }

  /** The value of a scalar's row. */
  value(row: number): number {
    return this.#block.view.getFloat32(this.#block.base + row * this.rowBytes + 16, true);
  }

  /** A row of a column of blobs. */
  blob(row: number): BlobRow {
    return readBlobRow(this.#block.view, this.#block.base + row * this.rowBytes);
  }

  #grow(): void {
    const rows = Math.ceil(this.rows * (this.rows < MANY_ROWS ? 2 : 1.5));
    const block = this.#memory.take(rows * this.rowBytes);
    new Uint8Array(block.view.buffer, block.base).set(this.bytes(0));
    this.#memory.giveBack(this.#block);
    this.#block = block;
    this.#view = block.view;
    this.#next = block.base + this.rows * this.rowBytes;
    this.#end = block.base + block.bytes;
  }
}
