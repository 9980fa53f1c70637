import type { IndexedScalars } from './indexed-scalars.js';
import { forEachKept } from './replaced-rows.js';

const SPARKLINE_POINTS = 48;

/** Evenly spaced rows of those that are not replaced, including the first and the newest. */
export function sparkline(column: IndexedScalars): string[] {
  const points = Math.min(SPARKLINE_POINTS, column.keptRows);
  const texts: string[] = [];
  /** How many rows are left before the stretch. */
  let before = 0;
  forEachKept(column.replaced, column.rows, (from, to) => {
    const end = before + to - from;
    while (texts.length < points) {
      const wanted = points === 1 ? 0 : Math.round((texts.length * (column.keptRows - 1)) / (points - 1));
      if (wanted >= end) break;
      texts.push(String(column.value(from + wanted - before)));
    }
    before = end;
  });
  return texts;
}

/** The newest row that is not replaced; −1 if all are. */
export function newestKept(column: IndexedScalars): number {
  const { replaced, rows } = column;
  return replaced.at(-1) === rows ? replaced.at(-2)! - 1 : rows - 1;
}
