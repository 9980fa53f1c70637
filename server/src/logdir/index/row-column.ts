import type { RecordKind } from '@convscope/shared/run-record.js';
import type { RowBlock, RowMemory } from './row-memory.js';

const FIRST_ROWS = 4;
/** From this many rows on, a column grows by half instead of doubling. */
const MANY_ROWS = 200;

/**
 * The rows of one (tag, kind), append-only and numbered from 0. They are kept as the bytes that go over the wire, so that
 * views of them can be sent.
 */
export abstract class RowColumn<Kind extends RecordKind> {
  readonly tag: string;
  readonly kind: Kind;
  readonly rowBytes: number;
  rows = 0;
  readonly #memory: RowMemory;
  #block: RowBlock;
  /** Where the next row goes in the block's view. */
  #next: number;

  constructor(tag: string, kind: Kind, rowBytes: number, memory: RowMemory) {
    this.tag = tag;
    this.kind = kind;
    this.rowBytes = rowBytes;
    this.#memory = memory;
    this.#block = memory.take(FIRST_ROWS * rowBytes);
    this.#next = this.#block.base;
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
    return this.view.getFloat64(this.placeOf(row), true);
  }

  protected get view(): DataView {
    return this.#block.view;
  }

  /** Where a row begins in the view. */
  protected placeOf(row: number): number {
    return this.#block.base + row * this.rowBytes;
  }

  /** Makes room for one more row and counts it. Returns where it goes in the view. */
  protected addRow(): number {
    if (this.#next + this.rowBytes > this.#block.base + this.#block.bytes) this.#grow();
    const place = this.#next;
    this.#next += this.rowBytes;
    this.rows++;
    return place;
  }

  #grow(): void {
    const rows = Math.ceil(this.rows * (this.rows < MANY_ROWS ? 2 : 1.5));
    const block = this.#memory.take(rows * this.rowBytes);
    new Uint8Array(block.view.buffer, block.base).set(this.bytes(0));
    this.#memory.giveBack(this.#block);
    this.#block = block;
    this.#next = block.base + this.rows * this.rowBytes;
  }
}
