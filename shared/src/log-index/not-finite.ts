import type { IndexedScalars } from './indexed-scalars.js';
import { BLOCK_ROWS } from './scalar-blocks.js';

/**
 * Where the newest values began to be NaN or infinite: the step of the first row after the last finite one, of the rows that
 * are not replaced. Undefined if the newest value is finite, or there is none.
 */
export function notFiniteSince(column: IndexedScalars): number | undefined {
  const first = firstOfNewestStretch(column);
  return first === undefined ? undefined : column.step(first);
}

/** Goes backwards through what lies between the replaced ranges, a block at a time. */
function firstOfNewestStretch(column: IndexedScalars): number | undefined {
  const { replaced } = column;
  let first: number | undefined;
  let end = column.rows;
  for (let range = replaced.length; range >= 0; range -= 2) {
    const begin = range === 0 ? 0 : replaced[range - 1]!;
    while (end > begin) {
      const from = Math.max(begin, Math.floor((end - 1) / BLOCK_ROWS) * BLOCK_ROWS);
      column.readPart('value', from, end, values);
      for (let row = end - 1; row >= from; row--) {
        if (Number.isFinite(values[row - from]!)) return first;
        first = row;
      }
      end = from;
    }
    end = replaced[range - 2] ?? 0;
  }
  return first;
}

const values = new Float64Array(BLOCK_ROWS);
