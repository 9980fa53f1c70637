/** What later rows of a series replaced: the stretches of earlier attempts. */
import { SERIES_LIMITS, type SeriesRequest } from '../../protocol/series.js';
import { ROWS_AT_ONCE } from './axis-facts.js';
import { liveRanges } from './live-ranges.js';
import type { RowRange, Scalars } from './scalars.js';

/** What a point and a pixel column take at most, when they are smoothed and nothing can be packed. */
export const POINT_BYTES = 4 * 8;
export const COLUMN_BYTES = 20 * 8;
/** What a series takes beside them at most. */
const BLOCK_BYTES = 256;

const NONE = new Uint32Array(0);

/** The newest branches of a series, and how many older ones there are. */
export interface Branches {
  readonly ranges: readonly RowRange[];
  readonly leftOut: number;
}

/**
 * The stretches of replaced rows, each of an earlier attempt, in the order of the log: a new one begins where the steps go back.
 * Null where other work may run.
 */
export function* branchesOf({ replaced, read }: Scalars): Generator<RowRange | null> {
  for (let at = 0; at < replaced.length; at += 2) {
    const [begin, end] = [replaced[at]!, replaced[at + 1]!];
    let start = begin;
    let before = Number.NEGATIVE_INFINITY;
    // A single row is a branch whatever its step is.
    const ranges = end - begin > 1 ? liveRanges({ replaced: NONE }, begin, end, ROWS_AT_ONCE) : [];
    for (const { from, to } of ranges) {
      for (const [place, step] of read(from, to).steps.entries()) {
        if (step <= before) {
          yield { from: start, to: from + place };
          start = from + place;
        }
        before = step;
      }
      yield null;
    }
    yield { from: start, to: end };
  }
}

/** As many of the newest as an answer has room for: a log whose steps only fall has a branch for every row. */
export function* newestBranches(
  scalars: Scalars,
  { width, points = width }: Pick<SeriesRequest, 'width' | 'points'>,
): Generator<void, Branches> {
  const most = SERIES_LIMITS.branches;
  let newest: RowRange[] = [];
  let count = 0;
  for (const range of branchesOf(scalars)) {
    if (range === null) yield;
    else {
      newest.push(range);
      if (newest.length === 2 * most) newest = newest.slice(most);
      if (++count % ROWS_AT_ONCE === 0) yield;
    }
  }
  let first = newest.length;
  for (let left: number = SERIES_LIMITS.branchBytes; first > 0 && newest.length - first < most; first--) {
    const { from, to } = newest[first - 1]!;
    // The neighbours of the range are columns as well.
    const exact = Math.min(to - from, points + 2) * POINT_BYTES;
    left -= BLOCK_BYTES + Math.max(exact, Math.min(to - from, width + 2) * COLUMN_BYTES);
    if (left < 0) break;
  }
  return { ranges: newest.slice(first), leftOut: count - (newest.length - first) };
}

/** The rows of a branch, as a column of its own. */
export function onlyRows(scalars: Scalars, { from, to }: RowRange): Scalars {
  return {
    column: {},
    rows: to - from,
    isWide: scalars.isWide,
    replaced: NONE,
    read: (first, end) => scalars.read(from + first, from + end),
    readPart: (part, first, end, into, place) =>
      scalars.readPart(part, from + first, from + end, into, place),
    blocks: (row, ...asked) => scalars.blocks(from + row, ...asked),
  };
}
