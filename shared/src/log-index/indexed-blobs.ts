import { BLOB_ROW_BYTES, type BlobRow, readBlobRow, writeBlobRow } from '../protocol/rows.js';
import type { RecordKind } from '../run-record.js';
import type { Restarts } from './restarts.js';
import { RowColumn } from './row-column.js';
import type { RowBlock, RowMemory } from './row-memory.js';

const FIRST_ROWS = 4;
/** From this many rows on, a column grows by half instead of doubling. */
const MANY_ROWS = 200;

/**
 * Where the records of one tag and kind lie that are not scalars. The rows are kept as the bytes that go over the wire, so
 * that views of them can be sent.
 */
export class IndexedBlobs extends RowColumn<RecordKind> {
  /** TensorBoard's plugin, as the first record names it; empty if it names none. */
  readonly plugin: string;
  #block: RowBlock;
  /** The lowest step of the restarts since the last row. */
  #restartedAt = Number.POSITIVE_INFINITY;

  constructor(tag: string, kind: RecordKind, memory: RowMemory, plugin = '') {
    super(tag, kind, memory);
    this.plugin = plugin;
    this.#block = memory.take(FIRST_ROWS * BLOB_ROW_BYTES);
  }

  override follow(restarts: Restarts): number | undefined {
    const step = super.follow(restarts);
    if (step !== undefined) this.#restartedAt = Math.min(this.#restartedAt, step);
    return step;
  }

  append(place: Omit<BlobRow, 'replacesFrom'>): void {
    const row = { ...place, replacesFrom: Math.min(place.step, this.#restartedAt) };
    this.#restartedAt = Number.POSITIVE_INFINITY;
    if ((this.rows + 1) * BLOB_ROW_BYTES > this.#block.bytes) this.#grow();
    writeBlobRow(this.#block.view, this.#block.base + this.rows * BLOB_ROW_BYTES, row);
    this.addRow(row.step);
  }

  /** The view stays valid, since rows never change and growing copies the block. */
  override bytes(from: number, to = this.rows): Uint8Array {
    const end = Math.min(to, this.rows);
    const start = Math.min(from, end);
    const { view, base } = this.#block;
    return new Uint8Array(view.buffer, base + start * BLOB_ROW_BYTES, (end - start) * BLOB_ROW_BYTES);
  }

  override step(row: number): number {
    return this.blob(row).step;
  }

  blob(row: number): BlobRow {
    return readBlobRow(this.#block.view, this.#block.base + row * BLOB_ROW_BYTES);
  }

  #grow(): void {
    const rows = Math.ceil(this.rows * (this.rows < MANY_ROWS ? 2 : 1.5));
    const block = this.memory.take(rows * BLOB_ROW_BYTES);
    new Uint8Array(block.view.buffer, block.base).set(this.bytes(0));
    this.memory.giveBack(this.#block);
    this.#block = block;
  }
}
