/**
 * The queue of the writer's thread. It holds the parts of captures that are still to be written: maps, and the kernels and
 * predictions captured with them.
 *
 * Without `lookAt` it is first in, first out. While a page shows maps, the tags on its screen go first, and the rest waits
 * until they are drawn: on a small machine, encoding it would take the processor from the page. `delayAt` holds the waits.
 */

/** Wait of the other tags on the screen, such as the input of the layer that is shown. */
const OTHER_SHOWN_MS = 25;
/** Wait of everything that is not on a screen. */
const HIDDEN_MS = 70;

export interface PartQueue<T> {
  /** Whether a page shows maps. */
  readonly isLookedAt: boolean;
  add(part: T, now: number): void;
  /** Sets the tags that pages show, the most wanted first. Without any, nothing waits. */
  lookAt(tags: readonly string[]): void;
  /** Removes and returns the next part; undefined while nothing is due. Parts of one tag keep their order. */
  take(now: number): T | undefined;
  /** Milliseconds until a part is due; undefined when the queue is empty. */
  dueIn(now: number): number | undefined;
  /** Removes and returns everything, in the order in which it was added. */
  takeAll(): T[];
}

interface Entry<T> {
  readonly part: T;
  readonly since: number;
}

/** @param tagOf a part; undefined for parts that no page asks for. */
export function createPartQueue<T>(tagOf: (part: T) => string | undefined): PartQueue<T> {
  let entries: Entry<T>[] = [];
  let shown: readonly string[] = [];

  /** Index in `shown`; its length for what is not shown. */
  const placeOf = ({ part }: Entry<T>): number => {
    const tag = tagOf(part);
    const place = tag === undefined ? -1 : shown.indexOf(tag);
    return place < 0 ? shown.length : place;
  };
  const delayAt = (place: number): number => {
    if (place === 0) return 0;
    return place < shown.length ? OTHER_SHOWN_MS : HIDDEN_MS;
  };
  const dueAt = (entry: Entry<T>): number => entry.since + delayAt(placeOf(entry));

  return {
    get isLookedAt() {
      return shown.length > 0;
    },
    add(part, now) {
      entries.push({ part, since: now });
    },
    lookAt(tags) {
      shown = tags;
    },
    take(now) {
      let next: Entry<T> | undefined;
      for (const entry of entries) {
        if (dueAt(entry) <= now && (next === undefined || placeOf(entry) < placeOf(next))) next = entry;
      }
      entries = entries.filter((entry) => entry !== next);
      return next?.part;
    },
    dueIn(now) {
      if (entries.length === 0) return undefined;
      return Math.max(0, Math.min(...entries.map(dueAt)) - now);
    },
    takeAll() {
      const all = entries.map(({ part }) => part);
      entries = [];
      return all;
    },
  };
}
