/** The requests for events that are under way: each for one event, or for several of the same run. */
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type { EncodedEvent, EventFetcher, Source } from '../sources/source.js';

export interface WantedEvent {
  readonly key: string;
  readonly run: string;
  readonly generation: number;
  readonly at: BlobRow;
}

export interface EventFetchesOptions {
  readonly source: Source;
  readonly fetcher: EventFetcher;
  readonly arrived: (key: string, event: EncodedEvent) => void;
  readonly failed: (key: string, error: unknown) => void;
  /** Called when a request has ended, unless it was aborted. */
  readonly ended: () => void;
}

interface Fetch {
  readonly abort: AbortController;
  /** The lengths of the events that have not come yet, by key. */
  readonly left: Map<string, number>;
  readonly isAhead: boolean;
}

const NOT_THERE = 'No event of this run lies there, or its file was just replaced.';

export class EventFetches {
  readonly #options: EventFetchesOptions;
  readonly #fetches = new Set<Fetch>();
  readonly #byKey = new Map<string, Fetch>();

  constructor(options: EventFetchesOptions) {
    this.#options = options;
  }

  /** How many requests are under way. */
  get count(): number {
    return this.#fetches.size;
  }

  /** How many of them are for what is not needed yet. */
  get aheadCount(): number {
    return [...this.#fetches].filter(({ isAhead }) => isAhead).length;
  }

  /** How many bytes of what is not needed yet have not come. */
  get aheadBytes(): number {
    let bytes = 0;
    for (const { isAhead, left } of this.#fetches)
      if (isAhead) for (const length of left.values()) bytes += length;
    return bytes;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Aborts the requests of which no event is in `keys`. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const fetch of this.#fetches)
      if (![...fetch.left.keys()].some((key) => keys.has(key))) this.#abort(fetch);
  }

  /** The event has come on another way. */
  forget(key: string): void {
    const fetch = this.#byKey.get(key);
    if (fetch === undefined) return;
    this.#byKey.delete(key);
    fetch.left.delete(key);
    if (fetch.left.size === 0) this.#abort(fetch);
  }

  /** Requests events of one run and generation, at least one. */
  async start(events: readonly WantedEvent[], isAhead: boolean): Promise<void> {
    const { arrived, failed, ended } = this.#options;
    const abort = new AbortController();
    const fetch: Fetch = { abort, left: new Map(events.map(({ key, at }) => [key, at.length])), isAhead };
    this.#fetches.add(fetch);
    for (const { key } of events) this.#byKey.set(key, fetch);
    /** Returns false if nobody waits for the event any more. */
    const take = (key: string): boolean => {
      const isWaited = fetch.left.delete(key);
      if (isWaited) this.#byKey.delete(key);
      return isWaited;
    };
    try {
      let index = 0;
      for await (const event of this.#eventsOf(events, abort.signal)) {
        const { key } = events[index++]!;
        if (abort.signal.aborted || !take(key)) releaseEvent(event);
        else if (event === undefined) failed(key, new Error(NOT_THERE));
        else arrived(key, event);
        if (abort.signal.aborted) return;
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      for (const key of [...fetch.left.keys()]) if (take(key)) failed(key, error);
    } finally {
      this.#fetches.delete(fetch);
      if (!abort.signal.aborted) ended();
    }
  }

  #eventsOf(events: readonly WantedEvent[], signal: AbortSignal): AsyncIterable<EncodedEvent | undefined> {
    const { source, fetcher } = this.#options;
    const { run, generation } = events[0]!;
    const rows = events.map((event) => event.at);
    return source.events(run, generation, rows, signal, fetcher);
  }

  #abort(fetch: Fetch): void {
    fetch.abort.abort();
    this.#fetches.delete(fetch);
    for (const key of fetch.left.keys()) this.#byKey.delete(key);
  }
}

/** Call with an event that is not needed any more. */
export function releaseEvent(event: EncodedEvent | undefined): void {
  if (event !== undefined && 'release' in event) event.release();
}
