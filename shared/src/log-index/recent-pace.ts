import type { IndexedScalars } from './indexed-scalars.js';
import { newestKept } from './sparkline.js';

/** What lies between these many rows is the recent pace: long enough that single slow steps say little. */
const INTERVALS = 200;
/** Of fewer nothing is said, since the first steps of a training are slower than the others. */
const LEAST_INTERVALS = 2;

/**
 * Seconds that a step has taken lately, with all that came between the steps, by the wall times of the newest rows; undefined
 * where these do not say it. What came before `since`, in seconds since the epoch, does not count: an earlier process wrote it.
 */
export function recentPace(column: IndexedScalars, since: number): number | undefined {
  const last = newestKept(column);
  const from = Math.max(0, last - INTERVALS);
  const { steps, wallTimes } = column.read(from, last + 1);
  const end = last - from;
  let first = end;
  // Before a row that was logged again the steps are not lower.
  while (first > 0 && steps[first - 1]! < steps[first]! && wallTimes[first - 1]! >= since) first--;
  if (end - first < LEAST_INTERVALS) return undefined;
  const pace = (wallTimes[end]! - wallTimes[first]!) / (steps[end]! - steps[first]!);
  return Number.isFinite(pace) && pace > 0 ? pace : undefined;
}
