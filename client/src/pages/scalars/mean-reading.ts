/** What is read of the mean of a group at a place. */
import type { XAxis } from '@convscope/shared/protocol/series.js';
import { nearestOf } from '../../series/track-look.js';
import type { CurveReading } from './curve-reading.js';
import type { MeanPoint } from './mean-line.js';

export function meanReading(
  means: readonly MeanPoint[],
  x: number,
  axis: XAxis,
  isSmoothed: boolean,
): CurveReading | undefined {
  const found = nearestOf(
    means.map((point) => ({ x: point.x, y: point.mean })),
    x,
  );
  const point = means.find((one) => one.x === found?.x);
  if (point === undefined) return undefined;
  return {
    x: point.x,
    raw: Number.NaN,
    smoothed: point.mean,
    step: axis === 'step' ? point.x : undefined,
    wallTime: axis === 'wall' ? point.x : undefined,
    isSmoothed,
    of: point.of,
  };
}
