import type { ScalarColumn } from './columns.js';

const known = new WeakMap<ScalarColumn, { readonly rows: number; readonly median: number | undefined }>();

/** The median of the finite values; undefined if there are none. Computed again only after new rows. */
export function medianOf(column: ScalarColumn | undefined): number | undefined {
  if (column === undefined) return undefined;
  const before = known.get(column);
  if (before?.rows === column.rows) return before.median;
  const values = Float64Array.from({ length: column.rows }, (_, row) => column.value(row))
    .filter(Number.isFinite)
    .sort();
  const half = values.length / 2;
  const median =
    values.length === 0 ? undefined : (values[Math.ceil(half) - 1]! + values[Math.floor(half)]!) / 2;
  known.set(column, { rows: column.rows, median });
  return median;
}
