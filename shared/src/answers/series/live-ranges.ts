import type { RowRange, Scalars } from './scalars.js';

/** The rows from `from` to `to` that were not replaced, in order, in ranges of at most `most` rows. */
export function* liveRanges(
  { replaced }: Pick<Scalars, 'replaced'>,
  from: number,
  to: number,
  most: number,
): Generator<RowRange> {
  let at = from;
  for (let hole = holeBehind(replaced, from); at < to; hole += 2) {
    const end = Math.min(replaced[hole] ?? to, to);
    while (at < end) {
      const next = Math.min(end, at + most);
      yield { from: at, to: next };
      at = next;
    }
    at = Math.max(at, replaced[hole + 1] ?? to);
  }
}

/** Where the first range of replaced rows begins in `replaced` that ends behind this row. */
function holeBehind(replaced: Uint32Array, row: number): number {
  let low = 0;
  let high = replaced.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (replaced[2 * middle + 1]! > row) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

/** The rows of a column that were not replaced, by their places among each other. There may be a range for every second row. */
export class LiveRows {
  readonly #replaced: Uint32Array;
  /** How many rows are replaced before each range of replaced rows ends. */
  readonly #before: Uint32Array;
  readonly count: number;

  constructor({ replaced, rows }: Pick<Scalars, 'replaced' | 'rows'>) {
    this.#replaced = replaced;
    this.#before = new Uint32Array(replaced.length / 2);
    let gone = 0;
    for (let at = 0; at < replaced.length; at += 2) {
      gone += replaced[at + 1]! - replaced[at]!;
      this.#before[at / 2] = gone;
    }
    this.count = rows - gone;
  }

  /** The row at a place below `count`. */
  rowAt(place: number): number {
    // The ranges of replaced rows that lie before it: those that begin at a place that is not behind it.
    let low = 0;
    let high = this.#before.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const beginsAt = this.#replaced[2 * middle]! - (middle > 0 ? this.#before[middle - 1]! : 0);
      if (beginsAt > place) high = middle;
      else low = middle + 1;
    }
    return place + (low > 0 ? this.#before[low - 1]! : 0);
  }
}
