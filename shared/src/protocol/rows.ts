/**
 * The byte layout of rows of scalar columns and blob indexes. They are read through a DataView because they may start at
 * an offset that typed arrays do not accept.
 */

/** Where the event of a non-scalar record lies. The rows of one (tag, kind) are in order of arrival, numbered from 0. */
export interface BlobRow {
  /** The step, as the nearest double. */
  readonly step: number;
  readonly wallTime: number;
  /** Index into the run's files, in the order in which the hub found them. */
  readonly file: number;
  /** Where the event's frame begins in the file. */
  readonly offset: number;
  /** Length of the event's data, without the frame's 16 bytes. */
  readonly length: number;
  /**
   * Earlier rows whose step is this or higher are replaced: the row's own step, or a lower one if a restart of the writer
   * lies between (torch's purge_step).
   */
  readonly replacesFrom: number;
}

/** step f64, wall time f64, value f64: little-endian. A value that the log holds as float64 may be beyond float32. */
export const SCALAR_ROW_BYTES = 24;
/** step f64, wall time f64, offset f64, length u32, file u32, replaces from f64: little-endian. */
export const BLOB_ROW_BYTES = 40;

export function writeScalarRow(
  view: DataView,
  at: number,
  step: number,
  wallTime: number,
  value: number,
): void {
  view.setFloat64(at, step, true);
  view.setFloat64(at + 8, wallTime, true);
  view.setFloat64(at + 16, value, true);
}

export function writeBlobRow(view: DataView, at: number, row: BlobRow): void {
  view.setFloat64(at, row.step, true);
  view.setFloat64(at + 8, row.wallTime, true);
  view.setFloat64(at + 16, row.offset, true);
  view.setUint32(at + 24, row.length, true);
  view.setUint32(at + 28, row.file, true);
  view.setFloat64(at + 32, row.replacesFrom, true);
}

export function readBlobRow(view: DataView, at: number): BlobRow {
  return {
    step: view.getFloat64(at, true),
    wallTime: view.getFloat64(at + 8, true),
    offset: view.getFloat64(at + 16, true),
    length: view.getUint32(at + 24, true),
    file: view.getUint32(at + 28, true),
    replacesFrom: view.getFloat64(at + 32, true),
  };
}
