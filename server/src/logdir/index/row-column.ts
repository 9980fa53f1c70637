import type { RecordKind } from '@convscope/shared/run-record.js';

/** The rows of one (tag, kind), append-only and numbered from 0, however they are kept. */
export abstract class RowColumn<Kind extends RecordKind> {
  readonly tag: string;
  readonly kind: Kind;
  #rows = 0;

  constructor(tag: string, kind: Kind) {
    this.tag = tag;
    this.kind = kind;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The step of a row, as the nearest double. */
  abstract step(row: number): number;

  /** Rows [from, to) as bytes of the protocol. */
  abstract bytes(from: number, to?: number): Uint8Array;

  /** Counts one more row. */
  protected addRow(): void {
    this.#rows++;
  }
}
