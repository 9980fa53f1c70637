import type { Column } from '../series/columns.js';

/**
 * Keeps a column whole while rows arrive from two sides: live rows that name where they begin, and fetched ones. A
 * hole is fetched, an overlap dropped; so the hub may drop what a slow page cannot take.
 */
export class HealedColumn<C extends Column> {
  readonly column: C;
  readonly #fetchRows: (from: number, signal: AbortSignal) => Promise<Uint8Array>;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #abort = new AbortController();
  /** How many rows there are known to be. */
  #known = 0;
  #fetching = false;

  constructor(
    column: C,
    options: {
      /** Gives whole rows from row `from` on, as many as there are. */
      readonly fetchRows: (from: number, signal: AbortSignal) => Promise<Uint8Array>;
      readonly changed: () => void;
      /** A fetch went wrong: the column stays as it is until `expect` is called again. */
      readonly failed: (error: unknown) => void;
    },
  ) {
    this.column = column;
    this.#fetchRows = options.fetchRows;
    this.#changed = options.changed;
    this.#failed = options.failed;
  }

  /** Rows that the hub pushed, the first of which has the number `start`. */
  offer(start: number, bytes: Uint8Array): void {
    const { column } = this;
    const end = start + Math.floor(bytes.byteLength / column.rowBytes);
    if (start <= column.rows && end > column.rows) {
      column.append(bytes.subarray((column.rows - start) * column.rowBytes));
      this.#changed();
    }
    this.expect(end);
  }

  /** There are at least `rows` rows: what is missing of them is fetched. */
  expect(rows: number): void {
    this.#known = Math.max(this.#known, rows);
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
        // Live rows may have come in between and reach further.
        if (end > this.column.rows) {
          this.column.append(bytes.subarray((this.column.rows - from) * this.column.rowBytes));
          this.#changed();
        } else if (end === from) {
          throw new Error(`Rows ${from} to ${this.#known} were announced, and the hub gave none of them.`);
        }
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#known = this.column.rows;
        this.#failed(error);
      }
    } finally {
      this.#fetching = false;
    }
  }
}
