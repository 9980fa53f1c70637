import type { ScalarRows } from '../../log-index/run.js';
import type { XAxis } from '../../protocol/series.js';
import { ROWS_AT_ONCE } from './axis-facts.js';
import { LiveRows, liveRanges } from './live-ranges.js';
import type { Range } from './pixel-columns.js';
import { numberAt, type RowRange, type Scalars } from './scalars.js';

/** The rows of a column whose points lie in a range of x, and the neighbours of the range, one on each side at most. */
export interface RowWindow extends RowRange {
  /** Points within the range. */
  readonly total: number;
  /** Which of the rows it is; null if all between `from` and `to` that were not replaced. */
  readonly holds: ((row: number, x: number) => boolean) | null;
}

/** The x of rows. `origin` is where relative time begins, else 0. */
export function xsOf(rows: ScalarRows, x: XAxis, origin: number): Float64Array {
  if (x === 'step') return rows.steps;
  return origin === 0 ? rows.wallTimes : rows.wallTimes.map((time) => time - origin);
}

/** Of a column whose x never falls: found by halving. */
export function sortedWindow(scalars: Scalars, x: XAxis, origin: number, { from, to }: Range): RowWindow {
  const live = new LiveRows(scalars);
  const { count } = live;
  const part = x === 'step' ? 'step' : 'wallTime';
  const xAt = (place: number) => numberAt(scalars, part, live.rowAt(place)) - origin;
  // Most ranges hold all points.
  const first = count > 0 && xAt(0) >= from ? 0 : placeWhere(count, (place) => xAt(place) >= from);
  const end = count > 0 && xAt(count - 1) <= to ? count : placeWhere(count, (place) => xAt(place) > to);
  const [before, after] = [Math.max(0, first - 1), Math.min(count, end + 1)];
  const rows = before < after ? { from: live.rowAt(before), to: live.rowAt(after - 1) + 1 } : NO_ROWS;
  return { ...rows, total: end - first, holds: null };
}

const NO_ROWS: RowRange = { from: 0, to: 0 };

/** Of any column: every row is looked at. */
export function* unsortedWindow(
  scalars: Scalars,
  x: XAxis,
  origin: number,
  { from, to }: Range,
): Generator<void, RowWindow> {
  let total = 0;
  let before = { row: -1, x: Number.NEGATIVE_INFINITY };
  let after = { row: -1, x: Number.POSITIVE_INFINITY };
  for (const range of liveRanges(scalars, 0, scalars.rows, ROWS_AT_ONCE)) {
    for (const [at, place] of xsOf(scalars.read(range.from, range.to), x, origin).entries()) {
      const row = range.from + at;
      if (place >= from && place <= to) total++;
      else if (place < from && place >= before.x && Number.isFinite(place)) before = { row, x: place };
      else if (place > to && place < after.x) after = { row, x: place };
    }
    yield;
  }
  return {
    from: 0,
    to: scalars.rows,
    total,
    holds: (row, place) => (place >= from && place <= to) || row === before.row || row === after.row,
  };
}

/** The first place that passes, where all after it pass too; `count` if none does. */
function placeWhere(count: number, passes: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
