/**
 * The beginning of a long series for a logarithmic axis, where columns of one width would be far wider than a pixel at its left:
 * finer columns of a first part, still finer ones of the first part of that, and so on, until every value has a column.
 */
import type { Part, PixelColumns, Point } from './pixel-columns.js';

/** Each part ends at this share of the place where the one before ends: there a column of that is about a pixel wide. */
const SHARE = 1 / 8;
/** A part is asked for again when the series has grown so many times longer. */
const GROWN = 4;
/** More parts than these no series has that a hub holds. */
const MOST_PARTS = 12;

export interface LogHead {
  readonly part: Part;
  readonly raw: PixelColumns;
  readonly smoothed: PixelColumns;
}

/** The part to ask for next; undefined if the heads are fine enough. They are in order, the longest first. */
export function lackingHead(whole: PixelColumns, heads: readonly LogHead[]): Part | undefined {
  const extent = whole.extent;
  if (extent === undefined) return undefined;
  let last = extent.last;
  let columns = whole;
  for (let place = 0; place < MOST_PARTS; place++) {
    const part = { first: extent.first, last: last * SHARE };
    if (part.last <= part.first || columns.isExactIn(part)) return undefined;
    const head = heads[place];
    if (head === undefined || part.last > GROWN * head.part.last) return part;
    last = head.part.last;
    columns = head.raw;
  }
  return undefined;
}

/** Adds a head, in place of those that are not longer than it. */
export function withHead(heads: readonly LogHead[], head: LogHead): readonly LogHead[] {
  const longer = heads.filter(({ part }) => part.last * SHARE * GROWN >= head.part.last);
  return [...longer.filter(({ part }) => part.last > head.part.last), head];
}

/** The points of a line: of each place those of the finest columns that hold it. */
export function pointsWithHeads(
  whole: readonly Point[],
  heads: readonly LogHead[],
  which: 'raw' | 'smoothed',
  part: Part | undefined,
): Point[] {
  const points: Point[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const head of heads.toReversed()) {
    points.push(...head[which].outline(part).filter(({ x }) => x > end && x <= head.part.last));
    end = Math.max(end, head.part.last);
  }
  return [...points, ...whole.filter(({ x }) => x > end)];
}
