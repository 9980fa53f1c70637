import type { RowRange } from './scalars.js';

/** The rows from `from` to `to` that were not replaced, in order, in ranges of at most `most` rows. */
export function* liveRanges(
  { replaced }: { readonly replaced: readonly RowRange[] },
  from: number,
  to: number,
  most: number,
): Generator<RowRange> {
  let at = from;
  for (const hole of [...replaced, { from: to, to }]) {
    const end = Math.min(hole.from, to);
    while (at < end) {
      const next = Math.min(end, at + most);
      yield { from: at, to: next };
      at = next;
    }
    at = Math.max(at, hole.to);
  }
}
