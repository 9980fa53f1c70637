/** Points, columns and extremes of scalars, computed from all rows. */
import type { ColumnExtremes } from '@convscope/shared/protocol/series.js';
import type { SummaryPoint } from '@convscope/shared/protocol/summaries.js';
import { Smoothing } from '@convscope/shared/smoothing.js';

export type Row = readonly [step: number, value: number];

export interface Point {
  readonly step: number;
  readonly value: number;
  readonly smoothed: number;
}

export function sentPoint({ step, value }: Point): SummaryPoint {
  return { step, wallTime: step / 10, value: sent(value) };
}

/** JSON has no other numbers. */
export function sent(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

export function pointsOf(rows: readonly Row[], weight: number): Point[] {
  const average = new Smoothing(weight);
  return [...new Map(rows)]
    .sort(([a], [b]) => a - b)
    .map(([step, value]) => ({ step, value, smoothed: average.next(value) }));
}

/** Points by the column that they lie in; those before and after the range have columns of their own. */
export function columnsOf(points: readonly Point[], from: number, to: number, width: number): Point[][] {
  const columns = new Map<number, Point[]>();
  for (const point of points) {
    const place = Math.floor(((point.step - from) / (to - from)) * width);
    const column = point.step > to ? width : Math.max(-1, Math.min(width - 1, place));
    const there = columns.get(column);
    if (there === undefined) columns.set(column, [point]);
    else there.push(point);
  }
  return [...columns.values()];
}

export function extremesOf(columns: readonly Point[][], read: (point: Point) => number): ColumnExtremes {
  const pick = (better: (value: number, than: number) => boolean) => {
    const found = columns.map((column) => {
      const finite = column.filter((point) => Number.isFinite(read(point)));
      return finite.reduce<Point | undefined>(
        (best, point) => (best === undefined || better(read(point), read(best)) ? point : best),
        undefined,
      );
    });
    return {
      x: Float64Array.from(found, (point, at) => (point ?? columns[at]![0]!).step),
      y: Float64Array.from(found, (point) => (point === undefined ? Number.NaN : read(point))),
    };
  };
  return {
    first: pick(() => false),
    min: pick((value, than) => value < than),
    max: pick((value, than) => value > than),
    last: pick(() => true),
  };
}
