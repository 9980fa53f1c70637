import { BLOB_ROW_BYTES, type BlobRow, readBlobRow } from '@convscope/shared/protocol/rows.js';
import { countWhile } from '@convscope/shared/sorted.js';

/** The index of the events of one (tag, kind), in order of arrival and by step. */
export class BlobColumn {
  readonly rowBytes = BLOB_ROW_BYTES;
  readonly #rows: BlobRow[] = [];
  /** The rows that no later row replaced, in order of steps, one per step: see `replaced-rows.ts` in shared/log-index. */
  readonly #byStep: number[] = [];

  get rows(): number {
    return this.#rows.length;
  }

  append(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + BLOB_ROW_BYTES <= bytes.byteLength; at += BLOB_ROW_BYTES) {
      const row = readBlobRow(view, at);
      this.#rows.push(row);
      const { length } = this.#byStep;
      const kept = countWhile(length, (at) => this.#rows[this.#byStep[at]!]!.step < row.replacesFrom);
      this.#byStep.splice(kept, length - kept, this.#rows.length - 1);
    }
  }

  row(index: number): BlobRow | undefined {
    return this.#rows[index];
  }

  /** The number of the row with the last step at or before `step`. */
  rowAt(step: number): number | undefined {
    return this.#byStep[this.#place(step) - 1];
  }

  get steps(): number[] {
    return this.#byStep.map((row) => this.#rows[row]!.step);
  }

  get firstStep(): number | undefined {
    const row = this.#byStep[0];
    return row === undefined ? undefined : this.#rows[row]!.step;
  }

  get lastStep(): number | undefined {
    const row = this.#byStep.at(-1);
    return row === undefined ? undefined : this.#rows[row]!.step;
  }

  /** The number of steps at or before `step`. */
  #place(step: number): number {
    return countWhile(this.#byStep.length, (at) => this.#rows[this.#byStep[at]!]!.step <= step);
  }
}
