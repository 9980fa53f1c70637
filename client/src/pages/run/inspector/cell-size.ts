/** Pixels that the widest kernel may take, beside its patch and the number that they give. */
const WIDEST = 88;
/** Up to here cells are as large as their numbers need. */
const WIDTH = 84;
const TALLEST = 196;
const LARGEST_CELL = 28;
const COMFORTABLE_CELL = 14;
const SMALLEST_CELL = 2;

/** Pixels of a cell of a kernel of this size, such that kernel and patch fit side by side. */
export function cellSize(rows: number, columns: number): number {
  const comfortable = Math.max(COMFORTABLE_CELL, Math.min(LARGEST_CELL, Math.floor(WIDTH / columns)));
  const most = Math.min(Math.floor(WIDEST / columns), Math.floor(TALLEST / rows));
  return Math.max(SMALLEST_CELL, Math.min(comfortable, most));
}
