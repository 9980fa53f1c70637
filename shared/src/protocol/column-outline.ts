/**
 * The outline of pixel columns: of each the lowest and the highest point alone, and besides where the whole begins and ends.
 * A line through them covers the same pixels, and takes half the bytes.
 */
import type { Numbers } from './packed-numbers.js';
import type { ColumnExtremes, ColumnPoints } from './series.js';

/** The lowest and highest point of each column in order of x, the first point of all, and the last. */
export interface ColumnOutline {
  readonly early: ColumnPoints;
  readonly late: ColumnPoints;
  readonly endsX: Float64Array;
  readonly endsY: Numbers;
}

export function outlineOf({ first, min, max, last }: ColumnExtremes): ColumnOutline {
  const early = { x: Float64Array.from(min.x), y: min.y.slice() };
  const late = { x: Float64Array.from(max.x), y: max.y.slice() };
  for (let at = 0; at < early.x.length; at++) {
    if (!(late.x[at]! < early.x[at]!)) continue;
    [early.x[at], late.x[at]] = [max.x[at]!, min.x[at]!];
    [early.y[at], late.y[at]] = [max.y[at]!, min.y[at]!];
  }
  const end = last.x.length - 1;
  return {
    early,
    late,
    endsX: end < 0 ? new Float64Array(0) : Float64Array.of(first.x[0]!, last.x[end]!),
    endsY: end < 0 ? new Float64Array(0) : Float64Array.of(first.y[0]!, last.y[end]!),
  };
}

/** The extremes of columns of which the outline is known: their first and last points are the earlier and the later extreme. */
export function extremesOf({ early, late, endsX, endsY }: ColumnOutline): ColumnExtremes {
  const copy = ({ x, y }: ColumnPoints) => ({ x: Float64Array.from(x), y: y.slice() });
  const [first, min, max, last] = [copy(early), copy(early), copy(late), copy(late)];
  for (let at = 0; at < early.x.length; at++) {
    if (!(late.y[at]! < early.y[at]!)) continue;
    [min.x[at], max.x[at]] = [late.x[at]!, early.x[at]!];
    [min.y[at], max.y[at]] = [late.y[at]!, early.y[at]!];
  }
  const end = last.x.length - 1;
  if (end >= 0) {
    [first.x[0], last.x[end]] = [endsX[0]!, endsX[1]!];
    [first.y[0], last.y[end]] = [endsY[0]!, endsY[1]!];
  }
  return { first, min, max, last };
}
