import type { RecordKind } from '../run-record.js';
import { ReplacedRows } from './replaced-rows.js';
import type { Restarts } from './restarts.js';
import type { RowMemory } from './row-memory.js';

const NO_BOUNDS = new Uint32Array(0);

/** The rows of one (tag, kind), append-only and numbered from 0, however they are kept. */
export abstract class RowColumn<Kind extends RecordKind> {
  readonly tag: string;
  readonly kind: Kind;
  protected readonly memory: RowMemory;
  /** How many of the run's restarts the rows take account of. */
  #restarts = 0;
  #rows = 0;
  #lastStep = Number.NEGATIVE_INFINITY;
  /** Most columns have none. */
  #replaced: ReplacedRows | undefined;

  constructor(tag: string, kind: Kind, memory: RowMemory) {
    this.tag = tag;
    this.kind = kind;
    this.memory = memory;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The step of a row, as the nearest double. */
  abstract step(row: number): number;

  /** Rows [from, to) as bytes of the protocol. */
  abstract bytes(from: number, to?: number): Uint8Array;

  /** The ranges of rows that later rows replaced: from and to (exclusive) of each. Valid until rows are added. */
  get replaced(): Uint32Array {
    return this.#replaced?.bounds ?? NO_BOUNDS;
  }

  /** Number of rows that are not replaced. */
  get keptRows(): number {
    return this.#rows - (this.#replaced?.rows ?? 0);
  }

  /** The step of the newest row that is not replaced; −Infinity if there is none. */
  get lastStep(): number {
    return this.#lastStep;
  }

  /** Marks the rows whose step is `step` or higher as replaced. */
  replaceFrom(step: number): void {
    if (step > this.#lastStep) return;
    this.#replaced ??= new ReplacedRows((bytes) => this.memory.countReplaced(bytes));
    const last = this.#replaced.replaceFrom(step, this.#rows, (row) => this.step(row));
    this.#lastStep = last < 0 ? Number.NEGATIVE_INFINITY : this.step(last);
  }

  /**
   * Marks what the run's restarts voided since rows were added last. Call it before the next are.
   * @returns the step from which on they did; undefined if there were none
   */
  follow(restarts: Restarts): number | undefined {
    if (restarts.count === this.#restarts) return undefined;
    const step = restarts.lowestFrom(this.#restarts);
    this.#restarts = restarts.count;
    if (step !== undefined) this.replaceFrom(step);
    return step;
  }

  /** Counts more rows, whose steps ascend from `first` to `last`. */
  protected addRows(rows: number, first: number, last: number): void {
    if (first <= this.#lastStep) this.replaceFrom(first);
    this.#lastStep = last;
    this.#rows += rows;
  }

  /** Counts one more row, which has this step. */
  protected addRow(step: number): void {
    if (step <= this.#lastStep) this.replaceFrom(step);
    this.#lastStep = step;
    this.#rows++;
  }
}
