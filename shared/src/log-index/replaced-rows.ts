const NONE = new Uint32Array(0);
const FIRST_RANGES = 4;

/**
 * The rows of a column that later rows replaced. A training that is resumed from a checkpoint logs steps again that its
 * log holds already; what it logged at these steps and beyond is history then. The rule is that of TensorBoard's data
 * server: a row replaces every earlier row of its column whose step is not lower than its own. The rows that are left have
 * ascending steps, one row each.
 *
 * Rows stay where they are. This is a list of the ranges of rows that are replaced, in ascending order, neither
 * overlapping nor touching. A row is replaced once, so keeping the list costs O(1) a row. Two rows at least make a range,
 * so it takes at most 4 bytes a row (and twice that while it grows), however the steps jump.
 */
export class ReplacedRows {
  #bounds = NONE;
  #ranges = 0;
  /** Number of rows in the ranges. */
  rows = 0;
  readonly #grew: (bytes: number) => void;

  /** @param grew hears of memory that is taken, in bytes */
  constructor(grew: (bytes: number) => void = () => undefined) {
    this.#grew = grew;
  }

  /** From and to (exclusive) of each range, one after the other. A view that is valid until rows are added. */
  get bounds(): Uint32Array {
    return this.#bounds.subarray(0, 2 * this.#ranges);
  }

  /**
   * Marks every row whose step is `step` or higher.
   * @param rows how many rows there are
   * @param stepOf the step of a row
   * @returns the last row that is left; −1 if none is
   */
  replaceFrom(step: number, rows: number, stepOf: (row: number) => number): number {
    let from = rows;
    for (;;) {
      if (this.#ranges > 0 && this.#bounds[2 * this.#ranges - 1] === from) {
        // The range that ends here becomes part of the new one.
        this.#ranges--;
        const start = this.#bounds[2 * this.#ranges]!;
        this.rows -= from - start;
        from = start;
        continue;
      }
      const begin = this.#ranges > 0 ? this.#bounds[2 * this.#ranges - 1]! : 0;
      const first = firstAtLeast(step, begin, from, stepOf);
      const isDone = first > begin || first === from;
      from = first;
      if (isDone) break;
    }
    if (from < rows) this.#add(from, rows);
    return from - 1;
  }

  #add(from: number, to: number): void {
    if (2 * this.#ranges === this.#bounds.length) {
      const grown = new Uint32Array(2 * Math.max(FIRST_RANGES, 2 * this.#ranges));
      grown.set(this.#bounds);
      this.#grew(grown.byteLength - this.#bounds.byteLength);
      this.#bounds = grown;
    }
    this.#bounds[2 * this.#ranges] = from;
    this.#bounds[2 * this.#ranges + 1] = to;
    this.#ranges++;
    this.rows += to - from;
  }
}

/**
 * The first of the rows [begin, end), whose steps ascend, with at least this step; `end` if there is none. Looks from the
 * end on, in growing strides, since most often few rows are replaced.
 */
function firstAtLeast(step: number, begin: number, end: number, stepOf: (row: number) => number): number {
  let high = end;
  let low = end - 1;
  for (let stride = 2; low >= begin && stepOf(low) >= step; stride *= 2) {
    high = low;
    low = end - stride;
  }
  low = Math.max(low, begin - 1);
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (stepOf(middle) >= step) high = middle;
    else low = middle;
  }
  return high;
}

/** Calls back with the stretches of the rows [0, rows) that are not in the ranges of `bounds`. */
export function forEachKept(
  bounds: Uint32Array,
  rows: number,
  visit: (from: number, to: number) => void,
): void {
  let from = 0;
  for (let at = 0; at < bounds.length; at += 2) {
    if (bounds[at]! > from) visit(from, bounds[at]!);
    from = bounds[at + 1]!;
  }
  if (rows > from) visit(from, rows);
}
