/** Small curves as paths: what a series answers for a width. */
import type { Series } from '@convscope/shared/protocol/series.js';

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

export interface SmallCurve {
  readonly tag: string;
  /** In order of x; NaN and infinities are left out. Of each pixel column its lowest and highest value, so no spike is lost. */
  readonly points: readonly CurvePoint[];
  /** The newest value, whatever it is. */
  readonly last: number | undefined;
  /** How many values are not finite. */
  readonly nonFinite: number;
}

/** @param start seconds since the epoch that x counts from, for points that say when they were logged */
export function curveOf(tag: string, series: Series, start: number): SmallCurve {
  if (series.kind === 'points') {
    const all = Array.from(series.values, (y, at) => ({ x: series.wallTimes[at]! - start, y }));
    const points = all.filter(({ y }) => Number.isFinite(y));
    return { tag, points, last: all.at(-1)?.y, nonFinite: all.length - points.length };
  }
  const { min, max, last } = series.raw;
  const points: CurvePoint[] = [];
  for (let at = 0; at < min.x.length; at++) {
    const [low, high] = [
      { x: min.x[at]!, y: min.y[at]! },
      { x: max.x[at]!, y: max.y[at]! },
    ];
    for (const point of low.x <= high.x ? [low, high] : [high, low])
      if (Number.isFinite(point.y)) points.push(point);
  }
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  const nonFinite = sum(series.nan) + sum(series.positive) + sum(series.negative);
  return { tag, points, last: last.y.at(-1), nonFinite };
}

/** The path within a box, y upwards. */
export function pathOf(
  points: readonly CurvePoint[],
  x: { readonly lo: number; readonly hi: number },
  width: number,
  height: number,
): string {
  const ys = points.map(({ y }) => y);
  const [lo, hi] = [Math.min(...ys), Math.max(...ys)];
  return points
    .map((point, at) => {
      const px = ((point.x - x.lo) / (x.hi - x.lo || 1)) * width;
      const py = hi === lo ? height / 2 : 2 + (1 - (point.y - lo) / (hi - lo)) * (height - 4);
      return `${at === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`;
    })
    .join('');
}

/** The last point at or before x; the first one if there is none. */
export function pointAt(points: readonly CurvePoint[], x: number): CurvePoint | undefined {
  return points.findLast((point) => point.x <= x) ?? points[0];
}
