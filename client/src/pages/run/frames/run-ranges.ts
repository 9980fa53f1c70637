/** The range of each tag's values over all captures that were decoded; colours can be locked to it. */
import type { ValueRange } from '../../../decode/decoded.js';

export type RunRanges = ReadonlyMap<string, ValueRange>;

/** Adds a range that was seen of a tag. Returns the same object when nothing becomes wider. */
export function widened(ranges: RunRanges, tag: string, range: ValueRange): RunRanges {
  const known = ranges.get(tag);
  if (known === undefined) return new Map(ranges).set(tag, range);
  const next = {
    min: Math.min(known.min, range.min),
    max: Math.max(known.max, range.max),
    absolute: Math.max(known.absolute, range.absolute),
    positive: Math.max(known.positive, range.positive),
  };
  const isSame =
    next.min === known.min &&
    next.max === known.max &&
    next.absolute === known.absolute &&
    next.positive === known.positive;
  return isSame ? ranges : new Map(ranges).set(tag, next);
}
