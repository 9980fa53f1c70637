import type { PointSeries } from '@convscope/shared/protocol/series.js';
import { ScalarPoints } from './scalar-points.js';

/** The points of an answer, from the place `from` on. Of points with the same step, the last one counts. */
export function pointsOf({ steps, wallTimes, values }: PointSeries, from = 0): ScalarPoints {
  if (from === 0 && isAscending(steps))
    return new ScalarPoints(steps.slice(), wallTimes.slice(), Float64Array.from(values));
  const points = new ScalarPoints();
  for (let at = from; at < steps.length; at++)
    if (steps[at + 1] !== steps[at]) points.push(steps[at]!, wallTimes[at]!, values[at]!);
  return points;
}

function isAscending(steps: Float64Array): boolean {
  for (let at = 1; at < steps.length; at++) if (steps[at]! <= steps[at - 1]!) return false;
  return true;
}
