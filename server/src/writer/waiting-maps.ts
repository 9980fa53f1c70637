/**
 * Maps that wait for the writer's thread. What somebody looks at is written as soon as it comes. The rest of the capture
 * waits until that is on the screen: on a small machine encoding it would take the processor from the page.
 */

/** Input of the layer that is looked at, and the like. */
const NEXT_MS = 25;
const OTHERS_MS = 100;

export interface WaitingMaps<T> {
  readonly size: number;
  add(maps: T, now: number): void;
  /** Tags that somebody looks at, most wanted first. With none nothing waits. */
  lookAt(tags: readonly string[]): void;
  /** The maps whose turn it is; undefined while nothing is due. Those of one tag come in their order. */
  take(now: number): T | undefined;
  /** Milliseconds until something is due; undefined when nothing waits. */
  dueIn(now: number): number | undefined;
  /** Everything, in the order in which it came. */
  takeAll(): T[];
}

export function createWaitingMaps<T>(tagOf: (maps: T) => string): WaitingMaps<T> {
  let waiting: { readonly maps: T; readonly since: number }[] = [];
  let lookedAt: readonly string[] = [];

  /** Place in the row: smaller is sooner. */
  const rank = (maps: T) => {
    const place = lookedAt.indexOf(tagOf(maps));
    return place < 0 ? lookedAt.length : place;
  };
  const dueAt = ({ maps, since }: (typeof waiting)[number]) => {
    const place = rank(maps);
    if (place === 0) return since;
    return since + (place < lookedAt.length ? NEXT_MS : OTHERS_MS);
  };

  return {
    get size() {
      return waiting.length;
    },
    add(maps, now) {
      waiting.push({ maps, since: now });
    },
    lookAt(tags) {
      lookedAt = tags;
    },
    take(now) {
      let found: (typeof waiting)[number] | undefined;
      for (const one of waiting) {
        if (dueAt(one) <= now && (found === undefined || rank(one.maps) < rank(found.maps))) found = one;
      }
      waiting = waiting.filter((one) => one !== found);
      return found?.maps;
    },
    dueIn(now) {
      if (waiting.length === 0) return undefined;
      return Math.max(0, Math.min(...waiting.map(dueAt)) - now);
    },
    takeAll() {
      const all = waiting.map(({ maps }) => maps);
      waiting = [];
      return all;
    },
  };
}
