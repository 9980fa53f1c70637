import type { Run, ScalarColumn, ScalarPart, ScalarRows } from '../../log-index/run.js';

/** Rows `from` to `to`, without the one at `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The scalars of one tag, as they are by now. Rows never change; more may be added. */
export interface Scalars {
  /** The same object for the same column, under which what is known of it is kept. */
  readonly column: object;
  readonly rows: number;
  /** Whether the values need float64. */
  readonly isWide: boolean;
  /** From and to (exclusive) of each range of rows that later rows replaced, in ascending order. The steps of the others ascend. */
  readonly replaced: Uint32Array;
  read(from: number, to: number): ScalarRows;
  /** See `ScalarColumn`. */
  readonly readPart: ScalarColumn['readPart'];
  /** See `ScalarColumn`. */
  readonly blocks: ScalarColumn['blocks'];
}

/** How many rows later ones replaced. */
export function replacedRows({ replaced }: Pick<Scalars, 'replaced'>): number {
  let rows = 0;
  for (let at = 0; at < replaced.length; at += 2) rows += replaced[at + 1]! - replaced[at]!;
  return rows;
}

const one = new Float64Array(1);

/** One number of one row, which is there. */
export function numberAt(scalars: Pick<Scalars, 'readPart'>, part: ScalarPart, row: number): number {
  scalars.readPart(part, row, row + 1, one);
  return one[0]!;
}

/** Null when the run has no scalars of this tag. */
export function scalarsOf(run: Run, tag: string): Scalars | null {
  const column = run.scalars(tag);
  if (!column) return null;
  const { rows, wide, replaced } = column;
  return {
    column,
    rows,
    isWide: wide,
    // A copy, since the column changes its own when rows are added.
    replaced: replaced.slice(),
    read: (from, to) => column.read(from, to),
    // Called for every block: without rest parameters, which would make an array for each call.
    readPart: (part, first, end, into, place) => column.readPart(part, first, end, into, place),
    blocks: (row, mostBytes, offsets) => column.blocks(row, mostBytes, offsets),
  };
}
