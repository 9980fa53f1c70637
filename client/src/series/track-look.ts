/** How a scalar is drawn along any axis, and what is read of it. */

import type { XAxis } from '@convscope/shared/protocol/series.js';
import { countWhile } from '@convscope/shared/sorted.js';
import type { Part, Point } from './pixel-columns.js';

/** How a series is drawn. */
export interface Look {
  readonly x: XAxis;
  /** Of TensorBoard's smoothing, in [0, 1). */
  readonly weight: number;
  /** In pixels. */
  readonly width: number;
  /** The part that is zoomed into; undefined for all of it. */
  readonly part: Part | undefined;
  /** Whether the axis is logarithmic, so that the beginning of the series takes most of it. */
  readonly isLog?: boolean | undefined;
}

export interface TrackReading {
  readonly x: number;
  readonly raw: number;
  readonly smoothed: number;
  /** Not known of a long series, whose columns say only where on the axis a value is. */
  readonly step: number | undefined;
  /** In seconds. */
  readonly wallTime: number | undefined;
}

export type WhichLine = 'raw' | 'smoothed';

/** The lowest and highest finite value, and where they are. */
export interface Extremes {
  readonly lowest: Point;
  readonly highest: Point;
}

/** The point nearest to a place, of points in order of x. Breaks in the line are not points. */
export function nearestOf(points: readonly Point[], x: number): Point | undefined {
  const place = countWhile(points.length, (at) => points[at]!.x <= x);
  let below = place - 1;
  while (below >= 0 && Number.isNaN(points[below]!.y)) below--;
  let above = place;
  while (above < points.length && Number.isNaN(points[above]!.y)) above++;
  const [before, after] = [points[below], points[above]];
  if (before === undefined) return after;
  return after !== undefined && after.x - x < x - before.x ? after : before;
}

/** The first of the lowest and of the highest finite values. */
export function extremesOf(points: Iterable<Point>): Extremes | undefined {
  let lowest: Point | undefined;
  let highest: Point | undefined;
  for (const point of points) {
    if (!Number.isFinite(point.y)) continue;
    if (lowest === undefined || point.y < lowest.y) lowest = point;
    if (highest === undefined || point.y > highest.y) highest = point;
  }
  return lowest === undefined || highest === undefined ? undefined : { lowest, highest };
}
