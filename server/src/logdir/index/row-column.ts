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
 * The rows of one (tag, kind), append-only and numbered from 0, kept as the bytes that go over the wire: what is
 * sent is a view, and ten million points are 200 MB and a few hundred objects.
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

  /** Rows from..to as bytes. A view: it stays right for ever, since rows never change and growing copies. */
  bytes(from: number, to = this.rows): Uint8Array {
    const end = Math.min(to, this.rows);
    const start = Math.min(from, end);
    return new Uint8Array(this.#view.buffer, start * this.rowBytes, (end - start) * this.rowBytes);
  }

  /** Both kinds of row begin with the step. */
  step(row: number): number {
    return this.#view.getFloat64(row * this.rowBytes, true);
  }

  /** Of a scalar. */
  value(row: number): number {
    return this.#view.getFloat32(row * this.rowBytes + 16, true);
  }

  /** Where the next row goes. May replace the view. */
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
