/** Rows of scalar columns and of blob indexes, as they lie in bytes. Read through a DataView: the bytes may start at an odd offset. */

/** A non-scalar record: where its event lies. Rows of one (tag, kind) are in arrival order, numbered from 0. */
export interface BlobRow {
  /** Nearest double. */
  readonly step: number;
  readonly wallTime: number;
  /** Index into the run's files, in name order of their discovery. */
  readonly file: number;
  /** Where its frame begins. */
  readonly offset: number;
  /** Of the event's data, without the frame's 16 bytes. */
  readonly length: number;
}

/** step f64, wall time f64, value f32: little-endian. */
export const SCALAR_ROW_BYTES = 20;
/** step f64, wall time f64, offset f64, length u32, file u32: little-endian. */
export const BLOB_ROW_BYTES = 32;

export function writeScalarRow(
  view: DataView,
  at: number,
  step: number,
  wallTime: number,
  value: number,
): void {
  view.setFloat64(at, step, true);
  view.setFloat64(at + 8, wallTime, true);
  view.setFloat32(at + 16, value, true);
}

export function writeBlobRow(view: DataView, at: number, row: BlobRow): void {
  view.setFloat64(at, row.step, true);
  view.setFloat64(at + 8, row.wallTime, true);
  view.setFloat64(at + 16, row.offset, true);
  view.setUint32(at + 24, row.length, true);
  view.setUint32(at + 28, row.file, true);
}

export function readBlobRow(view: DataView, at: number): BlobRow {
  return {
    step: view.getFloat64(at, true),
    wallTime: view.getFloat64(at + 8, true),
    offset: view.getFloat64(at + 16, true),
    length: view.getUint32(at + 24, true),
    file: view.getUint32(at + 28, true),
  };
}
