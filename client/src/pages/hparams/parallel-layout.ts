/** Where axes and lines lie. */
import type { Row } from './rows.js';
import type { ShownColumn } from './use-table.js';

/** In pixels. What has no place on an axis is drawn below it, `none` above the lower edge. */
export const PARALLEL = { height: 320, top: 56, bottom: 44, none: 18, side: 64, least: 96 } as const;
/** How near the pointer has to be to a line. */
const NEAR = 14;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ParallelLayout {
  readonly width: number;
  /** Whether a line passes below an axis, since its row has no place on it. */
  readonly hasUnplaced: boolean;
  /** Between two axes. */
  readonly apart: number;
  readonly xOf: (axis: number) => number;
  readonly pointsOf: (row: Row) => readonly Point[];
  /** The row whose line passes nearest to a place, if one is near. */
  readonly nearest: (x: number, y: number, isCounted: (row: Row) => boolean) => Row | undefined;
}

export function layOutParallel(
  columns: readonly ShownColumn[],
  rows: readonly Row[],
  room: number,
): ParallelLayout {
  const { height, top, bottom, none, side, least } = PARALLEL;
  const gaps = Math.max(1, columns.length - 1);
  const apart = Math.max(least, (room - 2 * side) / gaps);
  const width = 2 * side + gaps * apart;
  const span = height - top - bottom;
  const xOf = (axis: number) => (columns.length === 1 ? width / 2 : side + axis * apart);
  const yOf = (row: Row, { id, scale }: ShownColumn) => {
    const value = row.values.get(id);
    const place = value === undefined ? undefined : scale.placeOf(value);
    return place === undefined ? height - none : top + (1 - place) * span;
  };
  const points = new Map(
    rows.map((row) => [row, columns.map((column, at): Point => ({ x: xOf(at), y: yOf(row, column) }))]),
  );
  const pointsOf = (row: Row) => points.get(row) ?? [];
  return {
    width,
    hasUnplaced: [...points.values()].some((line) => line.some(({ y }) => y > top + span)),
    apart,
    xOf,
    pointsOf,
    nearest(x, y, isCounted) {
      let found: Row | undefined;
      let best = NEAR;
      for (const row of rows) {
        if (!isCounted(row)) continue;
        const away = Math.abs(heightAt(pointsOf(row), x) - y);
        if (away >= best) continue;
        best = away;
        found = row;
      }
      return found;
    },
  };
}

/** The height of the curve at x: the same cubic as it is drawn with. */
function heightAt(points: readonly Point[], x: number): number {
  const after = points.findIndex((point) => point.x >= x);
  const [a, b] = [points[after - 1], points[after]];
  if (b === undefined) return points.at(-1)?.y ?? Number.POSITIVE_INFINITY;
  if (a === undefined) return b.y;
  // With both control points in the middle, x is 1.5t − 1.5t² + t³ of the way; a few steps of Newton find t.
  const share = (x - a.x) / (b.x - a.x);
  let t = share;
  for (let round = 0; round < 4; round++) {
    const value = 1.5 * t - 1.5 * t * t + t ** 3;
    t -= (value - share) / (1.5 - 3 * t + 3 * t * t);
  }
  return a.y + (b.y - a.y) * (3 * t * t - 2 * t ** 3);
}
