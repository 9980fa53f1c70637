/** The confusion matrix that a run of ours logs at its end, made ready to show. */

export interface ConfusionRow {
  readonly name: string;
  /** How many test pictures of this class the net takes for each class. */
  readonly counts: readonly number[];
  readonly total: number;
  /** The fraction of the class that the net recognises; undefined if the test set has no picture of it. */
  readonly recall: number | undefined;
}

/** One row for each true class. @throws Error if the values are not counts of a square table */
export function confusionRows(
  values: ArrayLike<number>,
  shape: readonly number[],
  classes: readonly string[],
): ConfusionRow[] {
  const [size = 0, columns] = shape;
  if (shape.length !== 2 || size !== columns || values.length !== size * size)
    throw new Error(`The confusion matrix has the shape [${shape.join(', ')}], not [classes, classes].`);
  return Array.from({ length: size }, (_, row) => {
    const counts = Array.from({ length: size }, (_, column) => values[row * size + column]!);
    if (!counts.every((count) => Number.isInteger(count) && count >= 0))
      throw new Error(`The confusion matrix holds a number in row ${row} that is not a count.`);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return {
      name: classes[row] ?? `class ${row}`,
      counts,
      total,
      recall: total === 0 ? undefined : counts[row]! / total,
    };
  });
}

/** The fraction of all pictures on the diagonal; undefined if there are none. */
export function accuracyOf(rows: readonly ConfusionRow[]): number | undefined {
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const right = rows.reduce((sum, { counts }, at) => sum + counts[at]!, 0);
  return total === 0 ? undefined : right / total;
}
