import type { IndexedScalars } from './indexed-scalars.js';
import { BLOCK_ROWS } from './scalar-blocks.js';

/**
 * Finds where the newest values of a column began to be NaN or infinite, of the rows that are not replaced. A column that has
 * grown since it was asked for last is searched down to the rows that were there then: a run may log NaN for millions of steps.
 */
export class NotFiniteSearch {
  #column: IndexedScalars | undefined;
  #rows = 0;
  #replaced = 0;
  #first: number | undefined;

  /** The step of the first row after the last finite one; undefined if the newest value is finite, or there is none. */
  since(column: IndexedScalars): number | undefined {
    const replaced = column.rows - column.keptRows;
    const isKnown = column === this.#column && replaced === this.#replaced;
    const { first, isAfterFinite } = firstOfNewestStretch(column, isKnown ? this.#rows : 0);
    if (isAfterFinite || !isKnown) this.#first = first;
    else this.#first ??= first;
    this.#column = column;
    this.#rows = column.rows;
    this.#replaced = replaced;
    return this.#first === undefined ? undefined : column.step(this.#first);
  }
}

/** Goes backwards through what lies between the replaced ranges, a block at a time, down to the row `least`. */
function firstOfNewestStretch(
  column: IndexedScalars,
  least: number,
): { readonly first: number | undefined; readonly isAfterFinite: boolean } {
  const { replaced } = column;
  let first: number | undefined;
  let end = column.rows;
  for (let range = replaced.length; range >= 0 && end > least; range -= 2) {
    const begin = Math.max(least, range === 0 ? 0 : replaced[range - 1]!);
    while (end > begin) {
      const from = Math.max(begin, Math.floor((end - 1) / BLOCK_ROWS) * BLOCK_ROWS);
      column.readPart('value', from, end, values);
      for (let row = end - 1; row >= from; row--) {
        if (Number.isFinite(values[row - from]!)) return { first, isAfterFinite: true };
        first = row;
      }
      end = from;
    }
    end = replaced[range - 2] ?? 0;
  }
  return { first, isAfterFinite: false };
}

const values = new Float64Array(BLOCK_ROWS);
