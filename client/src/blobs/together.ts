/** Which events are asked for with one request. */

/** An event that is wanted. */
interface Wanted {
  readonly ref: {
    readonly run: string;
    readonly generation: number;
    readonly at: { readonly length: number };
  };
}

export interface Together {
  /** Of one request, at most. */
  readonly events: number;
  readonly bytes: number;
  /** In bytes. A longer event is asked for by itself. */
  readonly longest: number;
  /** The others wait for those that are more important by then. */
  readonly decodedAtOnce: number;
}

/**
 * Maps: a request for several of them ends in time for what becomes important meanwhile. A capture is some three events, and
 * the worker has the next ones while the page draws.
 */
export const MAPS_TOGETHER: Together = {
  events: 32,
  bytes: 1024 * 1024,
  longest: Number.POSITIVE_INFINITY,
  decodedAtOnce: 6,
};

/** Histograms, texts and all else that is small. Longer events come one by one, and the browser keeps those. */
export const SMALL_TOGETHER: Together = {
  events: 512,
  bytes: 1024 * 1024,
  longest: 16 * 1024,
  decodedAtOnce: Number.POSITIVE_INFINITY,
};

/**
 * The events of each request, in the order of what is wanted, and each of one run. Every run gets a request before any gets
 * two.
 */
export function* batches<T extends Wanted>(
  wanted: readonly T[],
  together: Together,
): Generator<readonly T[]> {
  const waiting = byRun(wanted);
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    let bytes = 0;
    let events = 0;
    for (const { ref } of group) {
      bytes += ref.at.length;
      if (events === together.events || (events > 0 && bytes > together.bytes)) break;
      events++;
    }
    if (events < group.length) waiting.push(group.slice(events));
    yield group.slice(0, events);
  }
}

/** In the order of the first of each run and generation. */
function byRun<T extends Wanted>(wanted: readonly T[]): (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const one of wanted) {
    const { run, generation } = one.ref;
    const key = `${generation}\n${run}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
