/**
 * Assigns every row to a column of its own so that the sum of the costs is least: shortest augmenting paths with potentials
 * (Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems", 1987).
 * O(rows² · columns).
 * @param costs [row, column], finite
 * @returns the column of each row
 * @throws Error when there are more rows than columns
 */
export function assign(costs: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns || costs.length !== rows * columns) {
    throw new Error(`${costs.length} costs do not assign ${rows} rows to ${columns} columns.`);
  }
  const NONE = -1;
  const potentialOfRow = new Float64Array(rows);
  const potentialOfColumn = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(NONE);
  /** On the shortest path: the column before this one; NONE where the path begins. */
  const before = new Int32Array(columns);
  const distance = new Float64Array(columns);
  const isDone = new Uint8Array(columns);
  for (let start = 0; start < rows; start++) {
    distance.fill(Number.POSITIVE_INFINITY);
    isDone.fill(0);
    let row = start;
    let column = NONE;
    // Extend the path until it ends at a free column.
    do {
      const offset = row * columns;
      const reduced = potentialOfRow[row]!;
      let [least, next] = [Number.POSITIVE_INFINITY, NONE];
      for (let one = 0; one < columns; one++) {
        if (isDone[one]) continue;
        const length = costs[offset + one]! - reduced - potentialOfColumn[one]!;
        if (length < distance[one]!) {
          distance[one] = length;
          before[one] = column;
        }
        if (distance[one]! < least) {
          least = distance[one]!;
          next = one;
        }
      }
      potentialOfRow[start]! += least;
      for (let one = 0; one < columns; one++) {
        if (isDone[one]) {
          potentialOfRow[rowOf[one]!]! += least;
          potentialOfColumn[one]! -= least;
        } else distance[one]! -= least;
      }
      isDone[next] = 1;
      column = next;
      row = rowOf[column]!;
    } while (row !== NONE);
    // Shift the assignments along the path.
    while (column !== NONE) {
      const previous = before[column]!;
      rowOf[column] = previous === NONE ? start : rowOf[previous]!;
      column = previous;
    }
  }
  const columnOf = new Int32Array(rows);
  for (let column = 0; column < columns; column++) {
    if (rowOf[column] !== NONE) columnOf[rowOf[column]!] = column;
  }
  return columnOf;
}
