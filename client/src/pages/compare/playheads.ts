/** Where the playheads of A and B are along the curve, and where their names have room. */
import type { SideName } from './view.js';

export interface Playhead {
  readonly side: SideName;
  readonly step: number;
  /** Pixels from the left. */
  readonly x: number;
  /** From where to where its name stands, in pixels. */
  readonly from: number;
  readonly to: number;
}

/** Pixels between two names. */
const APART = 2;

/**
 * The earlier playhead has its name at its left, the later one at its right, so that they stand beside each other wherever
 * the playheads are.
 * @param widthOf the width of the name of a side, in pixels
 */
export function playheads(
  places: readonly { readonly side: SideName; readonly step: number; readonly x: number }[],
  width: number,
  widthOf: (side: SideName, step: number) => number,
): readonly Playhead[] {
  const [a, b] = [places.find(({ side }) => side === 'a'), places.find(({ side }) => side === 'b')];
  const isFirst = (side: SideName) =>
    a === undefined || b === undefined ? side === 'a' : side === (a.x <= b.x ? 'a' : 'b');
  const sorted = [...places].sort((one, other) => Number(isFirst(other.side)) - Number(isFirst(one.side)));
  let free = 0;
  const placed = sorted.map((place): Playhead => {
    const wide = widthOf(place.side, place.step);
    const wanted = isFirst(place.side) ? place.x - wide : place.x;
    const from = Math.max(free, Math.min(width - wide, wanted));
    free = from + wide + APART;
    return { ...place, from, to: from + wide };
  });
  // Where the right end has no room for both, the first one makes room.
  const [first, second] = placed;
  if (first === undefined || second === undefined || second.to <= width) return placed;
  const by = second.to - width;
  const moved = { ...second, from: second.from - by, to: width };
  const room = Math.max(0, first.to - (moved.from - APART));
  return [{ ...first, from: first.from - room, to: first.to - room }, moved];
}

/** The playhead to drag: the nearer one; of two at the same place, the one on whose side the pointer is. */
export function playheadAt(heads: readonly Playhead[], x: number): SideName | undefined {
  const [one, other] = heads;
  if (one === undefined || other === undefined) return one?.side;
  const [near, far] = [Math.abs(one.x - x), Math.abs(other.x - x)];
  // The first is the earlier one.
  if (near === far) return x < one.x ? one.side : other.side;
  return near < far ? one.side : other.side;
}
