/**
 * Parts of captures that wait for the writer's thread: maps, and the kernels and predictions that belong to them. What
 * somebody looks at is written as soon as it comes. The rest waits until that is on the screen: on a small machine
 * encoding it would take the processor from the page.
 */

/** Input of the layer that is looked at, and the like. */
const NEXT_MS = 25;
const OTHERS_MS = 70;

export interface WaitingParts<T> {
  /** Whether anything waits at all. */
  readonly isLookedAt: boolean;
  add(part: T, now: number): void;
  /** Tags that somebody looks at, most wanted first. With none nothing waits. */
  lookAt(tags: readonly string[]): void;
  /** The part whose turn it is; undefined while nothing is due. Those of one tag come in their order. */
  take(now: number): T | undefined;
  /** Milliseconds until something is due; undefined when nothing waits. */
  dueIn(now: number): number | undefined;
  /** Everything, in the order in which it came. */
  takeAll(): T[];
}

export function createWaitingParts<T>(tagOf: (part: T) => string | undefined): WaitingParts<T> {
  let waiting: { readonly part: T; readonly since: number }[] = [];
  let lookedAt: readonly string[] = [];

  /** Place in the row: smaller is sooner. */
  const rank = (part: T) => {
    const tag = tagOf(part);
    const place = tag === undefined ? -1 : lookedAt.indexOf(tag);
    return place < 0 ? lookedAt.length : place;
  };
  const dueAt = ({ part, since }: (typeof waiting)[number]) => {
    const place = rank(part);
    if (place === 0) return since;
    return since + (place < lookedAt.length ? NEXT_MS : OTHERS_MS);
  };

  return {
    get isLookedAt() {
      return lookedAt.length > 0;
    },
    add(part, now) {
      waiting.push({ part, since: now });
    },
    lookAt(tags) {
      lookedAt = tags;
    },
    take(now) {
      let found: (typeof waiting)[number] | undefined;
      for (const one of waiting) {
        if (dueAt(one) <= now && (found === undefined || rank(one.part) < rank(found.part))) found = one;
      }
      waiting = waiting.filter((one) => one !== found);
      return found?.part;
    },
    dueIn(now) {
      if (waiting.length === 0) return undefined;
      return Math.max(0, Math.min(...waiting.map(dueAt)) - now);
    },
    takeAll() {
      const all = waiting.map(({ part }) => part);
      waiting = [];
      return all;
    },
  };
}
