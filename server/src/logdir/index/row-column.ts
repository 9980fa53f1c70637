import {
  BLOB_ROW_BYTES,
  type BlobRow,
  SCALAR_ROW_BYTES,
  writeBlobRow,
  writeScalarRow,
} from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';

const FIRST_ROWS = 16;

/**
 * The rows of one (tag, kind), append-only and numbered from 0. They are kept as the bytes that go over the wire, so that
 * views of them can be sent, and so that ten million points take 200 MB and a few hundred objects.
 */
export class RowColumn {
  readonly tag: string;
  readonly kind: RecordKind;
  readonly rowBytes: number;
  rows = 0;
  #view: DataView;

  constructor(tag: string, kind: RecordKind) {
    this.tag = tag;
    this.kind = kind;
    this.rowBytes = kind === 'scalar' ? SCALAR_ROW_BYTES : BLOB_ROW_BYTES;
    this.#view = new DataView(new ArrayBuffer(FIRST_ROWS * this.rowBytes));
  }

  appendScalar(step: number, wallTime: number, value: number): void {
    const at = this.#makeRoom();
    writeScalarRow(this.#view, at, step, wallTime, value);
    this.rows++;
  }

  appendBlob(row: BlobRow): void {
    const at = this.#makeRoom();
    writeBlobRow(this.#view, at, row);
    this.rows++;
  }

  /** Rows [from, to) as bytes. The view stays valid, since rows never change and growing copies the buffer. */
  bytes(from: number, to = this.rows): Uint8Array {
    const end = Math.min(to, this.rows);
    const start = Math.min(from, end);
    return new Uint8Array(this.#view.buffer, start * this.rowBytes, (end - start) * this.rowBytes);
  }

  /** The step of a row; both kinds of rows begin with it. */
  step(row: number): number {
    return this.#view.getFloat64(row * this.rowBytes, true);
  }

  /** The value of a scalar's row. */
  value(row: number): number {
    return this.#view.getFloat32(row * this.rowBytes + 16, true);
  }

  /** Returns the byte offset of the next row. May replace the view. */
  #makeRoom(): number {
    const at = this.rows * this.rowBytes;
    if (at + this.rowBytes > this.#view.byteLength) {
      const grown = new Uint8Array(Math.ceil(this.rows * 1.5) * this.rowBytes);
      grown.set(new Uint8Array(this.#view.buffer, 0, at));
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
