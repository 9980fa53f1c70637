/** The range that the values of each tag had in all captures that were looked at: colours may be locked to it. */
import type { ValueRange } from '../../../decode/decoded.js';

export type RunRanges = ReadonlyMap<string, ValueRange>;

/** The ranges once `range` has been seen of a tag: the same object when it is within what was seen before. */
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
