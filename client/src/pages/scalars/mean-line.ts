/** The mean of several lines, and what surrounds it. */
import type { Point } from '../../series/pixel-columns.js';

export interface MeanPoint {
  readonly x: number;
  readonly mean: number;
  /** The standard deviation of the lines, with n − 1; 0 of a single one. */
  readonly deviation: number;
  readonly lowest: number;
  readonly highest: number;
  /** How many of the lines reach to this place. */
  readonly of: number;
}

/** The value of a line at a place within its ends, between two of its points on the straight line between them. */
function createReader(points: readonly Point[]): (x: number) => number {
  let at = 0;
  return (x) => {
    // Asked for with rising x.
    while (at + 1 < points.length && points[at + 1]!.x <= x) at++;
    const [before, after] = [points[at], points[at + 1]];
    if (before === undefined || x < before.x) return Number.NaN;
    if (x === before.x) return before.y;
    if (after === undefined) return Number.NaN;
    return before.y + ((x - before.x) / (after.x - before.x)) * (after.y - before.y);
  };
}

/**
 * The mean at each place at which any of the lines has a point. Where a line has no point but goes on, its straight line
 * counts; beyond its ends, and where it is broken by a value that is not finite, it does not.
 */
export function meanLine(lines: readonly (readonly Point[])[]): MeanPoint[] {
  const places = Float64Array.from(new Set(lines.flatMap((points) => points.map(({ x }) => x)))).sort();
  const readers = lines.map(createReader);
  const found: MeanPoint[] = [];
  for (const x of places) {
    const values = readers.map((read) => read(x)).filter(Number.isFinite);
    const of = values.length;
    if (of === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / of;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    found.push({
      x,
      mean,
      deviation: of < 2 ? 0 : Math.sqrt(squares / (of - 1)),
      lowest: Math.min(...values),
      highest: Math.max(...values),
      of,
    });
  }
  return found;
}
