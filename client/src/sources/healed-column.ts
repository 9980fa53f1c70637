import { BlobColumn } from '../series/blob-column.js';

/**
 * Keeps an index complete from two sources of rows: live rows, which come with the number of their first row, and fetched
 * ones. Missing rows are fetched and overlaps dropped, so the hub may drop rows that a slow page cannot take.
 */
export class HealedColumn {
  readonly column = new BlobColumn();
  readonly #fetchRows: (from: number, signal: AbortSignal) => Promise<Uint8Array>;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #abort = new AbortController();
  /** The number of rows that are known to exist. */
  #known = 0;
  #fetching = false;
  #hasFailed = false;

  constructor(options: {
    /** Returns all complete rows from row `from` on. */
    readonly fetchRows: (from: number, signal: AbortSignal) => Promise<Uint8Array>;
    readonly changed: () => void;
    /** Called when a fetch fails. The column is not filled further until `expect` is called again. */
    readonly failed: (error: unknown) => void;
  }) {
    this.#fetchRows = options.fetchRows;
    this.#changed = options.changed;
    this.#failed = options.failed;
  }

  /** Whether all rows that are known to exist have arrived. */
  get isComplete(): boolean {
    return !this.#hasFailed && this.column.rows >= this.#known;
  }

  /** Takes rows that the hub pushed; the first one has the number `start`. */
  offer(start: number, bytes: Uint8Array): void {
    const { column } = this;
    const end = start + Math.floor(bytes.byteLength / column.rowBytes);
    if (start <= column.rows && end > column.rows) {
      column.append(bytes.subarray((column.rows - start) * column.rowBytes));
      this.#changed();
    }
    this.expect(end);
  }

  /** Announces that there are at least `rows` rows. Missing ones are fetched. */
  expect(rows: number): void {
    this.#known = Math.max(this.#known, rows);
    this.#hasFailed = false;
    if (!this.#fetching && this.column.rows < this.#known) void this.#fill();
  }

  close(): void {
    this.#abort.abort();
  }

  async #fill(): Promise<void> {
    this.#fetching = true;
    try {
      while (this.column.rows < this.#known) {
        const from = this.column.rows;
        const bytes = await this.#fetchRows(from, this.#abort.signal);
        if (this.#abort.signal.aborted) return;
        const end = from + Math.floor(bytes.byteLength / this.column.rowBytes);
        // Live rows may have arrived meanwhile and reach further.
        if (end > this.column.rows) {
          this.column.append(bytes.subarray((this.column.rows - from) * this.column.rowBytes));
          this.#changed();
        } else if (end === from) {
          throw new Error(
            `Rows ${from} to ${this.#known} were announced, but the hub returned none of them.`,
          );
        }
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#known = this.column.rows;
        this.#hasFailed = true;
        this.#failed(error);
      }
    } finally {
      this.#fetching = false;
    }
  }
}
