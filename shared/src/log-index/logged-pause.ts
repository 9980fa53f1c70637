import type { IndexedScalars } from './indexed-scalars.js';

const COLUMNS = 32;
const ROWS = 256;
/** Nobody logs more rarely, in seconds: what looks like it are wall times that are wrong, such as 0. */
const LONGEST_PAUSE = 24 * 60 * 60;

/**
 * The longest pause, in seconds, between the newest rows of the longest of the first columns, by their wall times; 0 if
 * there are too few. One pause does not count: training may have been interrupted and resumed the next day.
 */
export function loggedPause(columns: Iterable<IndexedScalars>): number {
  let longest: IndexedScalars | undefined;
  let seen = 0;
  for (const column of columns) {
    if (longest === undefined || column.rows > longest.rows) longest = column;
    if (++seen === COLUMNS) break;
  }
  if (longest === undefined) return 0;
  const { wallTimes } = longest.read(Math.max(0, longest.rows - ROWS), longest.rows);
  let first = 0;
  let second = 0;
  for (let row = 1; row < wallTimes.length; row++) {
    const pause = wallTimes[row]! - wallTimes[row - 1]!;
    if (!(pause <= LONGEST_PAUSE) || pause <= second) continue;
    second = Math.min(first, pause);
    first = Math.max(first, pause);
  }
  return wallTimes.length === 2 ? first : second;
}
