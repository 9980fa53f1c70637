/** What the columns of a series must be, computed in the plainest way. */
import type { ColumnExtremes, ColumnSeries, XAxis } from '../../../protocol/series.js';

export interface Row {
  readonly step: number;
  readonly wallTime: number;
  readonly value: number;
}

export const xOf = (row: Row, x: XAxis, origin: number) => (x === 'step' ? row.step : row.wallTime - origin);

/** The columns, computed one by one from all points. */
export function expectedColumns(
  rows: readonly Row[],
  values: readonly number[],
  { x, from, to, width, origin }: { x: XAxis; from: number; to: number; width: number; origin: number },
) {
  const placed = rows.map((row, at) => ({ x: xOf(row, x, origin), y: values[at]! }));
  const inside = placed.filter((point) => point.x >= from && point.x <= to);
  const columnAt = (place: number) =>
    Math.min(width - 1, Math.floor((place - from) * (to > from ? width / (to - from) : 0)));
  const columns = new Map<number, { x: number; y: number }[]>();
  for (const point of inside) {
    const column = columnAt(point.x);
    columns.set(column, [...(columns.get(column) ?? []), point]);
  }
  const before = placed
    .filter((point) => point.x < from)
    .sort((a, b) => a.x - b.x)
    .at(-1);
  const after = placed
    .filter((point) => point.x > to && Number.isFinite(point.x))
    .sort((a, b) => a.x - b.x)[0];
  const lists = [
    ...(before ? [[before]] : []),
    ...[...columns].sort(([a], [b]) => a - b).map(([, points]) => points),
    ...(after ? [[after]] : []),
  ];
  return lists.map((points) => {
    const finite = points.filter((point) => Number.isFinite(point.y)).sort((a, b) => a.x - b.x);
    const lowest = Math.min(...points.map((point) => point.x));
    const none = { x: lowest, y: Number.NaN };
    const extreme = (y: number) => points.find((point) => Number.isFinite(y) && point.y === y) ?? none;
    return {
      count: points.length,
      nan: points.filter(({ y }) => Number.isNaN(y)).length,
      positive: points.filter(({ y }) => y === Number.POSITIVE_INFINITY).length,
      negative: points.filter(({ y }) => y === Number.NEGATIVE_INFINITY).length,
      first: finite[0] ?? none,
      last: finite.at(-1) ?? none,
      min: extreme(Math.min(...finite.map(({ y }) => y))),
      max: extreme(Math.max(...finite.map(({ y }) => y))),
    };
  });
}

export function columnList({ count, nan, positive, negative }: ColumnSeries, extremes: ColumnExtremes) {
  const point = (of: keyof ColumnExtremes, at: number) => ({ x: extremes[of].x[at], y: extremes[of].y[at] });
  return Array.from(count, (points, at) => ({
    ...{ count: points, nan: nan[at], positive: positive[at], negative: negative[at] },
    ...{ first: point('first', at), last: point('last', at), min: point('min', at), max: point('max', at) },
  }));
}
