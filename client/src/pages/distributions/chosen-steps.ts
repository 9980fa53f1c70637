/** Which of many histograms are fetched and drawn. */

/**
 * At most about `most` of the steps, evenly over their number: every first, second, fourth, … and the newest. A log that
 * grows keeps those that have been fetched, since the distance only doubles.
 * @param steps in ascending order
 * @param from the first that may be chosen, by place
 * @param to the place behind the last one
 */
export function chosenSteps(
  steps: readonly number[],
  from: number,
  to: number,
  most: number,
): { readonly steps: readonly number[]; readonly every: number } {
  let every = 1;
  while ((to - from) / every > most) every *= 2;
  const chosen: number[] = [];
  for (let at = Math.ceil(from / every) * every; at < to; at += every) chosen.push(steps[at]!);
  const newest = steps[to - 1];
  if (to > from && newest !== undefined && chosen.at(-1) !== newest) chosen.push(newest);
  return { steps: chosen, every };
}

/** The places of the steps within [first, last]: from the first of them to behind the last one. */
export function placesWithin(
  steps: readonly number[],
  first: number,
  last: number,
): { readonly from: number; readonly to: number } {
  const from = steps.findIndex((step) => step >= first);
  const to = steps.findLastIndex((step) => step <= last) + 1;
  return from < 0 || to <= from ? { from: 0, to: 0 } : { from, to };
}
