/** The median of the finite values; undefined if there are none. */
export function medianOf(values: Float64Array): number | undefined {
  const sorted = values.filter(Number.isFinite).sort();
  const half = sorted.length / 2;
  return sorted.length === 0 ? undefined : (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
