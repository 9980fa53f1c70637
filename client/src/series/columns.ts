/** Append-only columns of a run, filled from rows in wire format. Rows are numbered from 0 and never change. */
import {
  BLOB_ROW_BYTES,
  type BlobRow,
  readBlobRow,
  SCALAR_ROW_BYTES,
} from '@convscope/shared/protocol/rows.js';

export interface Column {
  readonly rowBytes: number;
  readonly rows: number;
  append(bytes: Uint8Array): void;
}

function grown<T extends Float64Array | Float32Array>(
  array: T,
  length: number,
  make: (length: number) => T,
): T {
  if (length <= array.length) return array;
  const next = make(Math.max(length, array.length * 2, 256));
  next.set(array);
  return next;
}

export class ScalarColumn implements Column {
  readonly rowBytes = SCALAR_ROW_BYTES;
  rows = 0;
  #steps = new Float64Array(0);
  #wallTimes = new Float64Array(0);
  #values = new Float32Array(0);

  append(bytes: Uint8Array): void {
    const count = Math.floor(bytes.byteLength / SCALAR_ROW_BYTES);
    const total = this.rows + count;
    this.#steps = grown(this.#steps, total, (n) => new Float64Array(n));
    this.#wallTimes = grown(this.#wallTimes, total, (n) => new Float64Array(n));
    this.#values = grown(this.#values, total, (n) => new Float32Array(n));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0; row < count; row++) {
      const at = row * SCALAR_ROW_BYTES;
      this.#steps[this.rows] = view.getFloat64(at, true);
      this.#wallTimes[this.rows] = view.getFloat64(at + 8, true);
      this.#values[this.rows] = view.getFloat32(at + 16, true);
      this.rows++;
    }
  }

  step(row: number): number {
    return this.#steps[row]!;
  }

  wallTime(row: number): number {
    return this.#wallTimes[row]!;
  }

  value(row: number): number {
    return this.#values[row]!;
  }

  get last(): number | undefined {
    return this.rows === 0 ? undefined : this.#values[this.rows - 1];
  }
}

/** The index of the events of one (tag, kind), in order of arrival and by step. */
export class BlobColumn implements Column {
  readonly rowBytes = BLOB_ROW_BYTES;
  readonly #rows: BlobRow[] = [];
  /** Row numbers in order of steps, one per step: for a step that was logged twice, the later row. */
  readonly #byStep: number[] = [];

  get rows(): number {
    return this.#rows.length;
  }

  append(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + BLOB_ROW_BYTES <= bytes.byteLength; at += BLOB_ROW_BYTES) {
      const row = readBlobRow(view, at);
      this.#rows.push(row);
      const place = this.#place(row.step);
      const same = place > 0 && this.#rows[this.#byStep[place - 1]!]!.step === row.step;
      this.#byStep.splice(same ? place - 1 : place, same ? 1 : 0, this.#rows.length - 1);
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

  get lastStep(): number | undefined {
    const row = this.#byStep.at(-1);
    return row === undefined ? undefined : this.#rows[row]!.step;
  }

  /** The number of steps at or before `step`. */
  #place(step: number): number {
    let low = 0;
    let high = this.#byStep.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[this.#byStep[middle]!]!.step <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
