/** Searches in what is in ascending order. */

/** How many of `length` items, from the first on, meet a condition that none meets after one that does not. */
export function countWhile(length: number, meets: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (meets(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the last value that is not above `value`; −1 if there is none. `values` are ascending. */
export function indexAt(values: ArrayLike<number>, value: number): number {
  return countWhile(values.length, (at) => values[at]! <= value) - 1;
}
