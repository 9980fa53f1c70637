/** The requests for events that are under way: each for one event, or for several of the same run. */
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type { Source } from '../sources/source.js';

export interface WantedEvent {
  readonly key: string;
  readonly run: string;
  readonly generation: number;
  readonly at: BlobRow;
}

export interface EventFetchesOptions {
  readonly source: Source;
  readonly arrived: (key: string, bytes: Uint8Array) => void;
  readonly failed: (key: string, error: unknown) => void;
  /** Called when a request has ended, unless it was aborted. */
  readonly ended: () => void;
}

interface Fetch {
  readonly abort: AbortController;
  /** The keys of the events that have not come yet. */
  readonly left: Set<string>;
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

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Aborts the requests of which no event is in `keys`. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const fetch of this.#fetches) if (![...fetch.left].some((key) => keys.has(key))) this.#abort(fetch);
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
    const fetch: Fetch = { abort, left: new Set(events.map(({ key }) => key)), isAhead };
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
      for await (const bytes of this.#eventsOf(events, abort.signal)) {
        if (abort.signal.aborted) return;
        const { key } = events[index++]!;
        if (!take(key)) continue;
        if (bytes === undefined) failed(key, new Error(NOT_THERE));
        else arrived(key, bytes);
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      for (const key of [...fetch.left]) if (take(key)) failed(key, error);
    } finally {
      this.#fetches.delete(fetch);
      if (!abort.signal.aborted) ended();
    }
  }

  async *#eventsOf(
    events: readonly WantedEvent[],
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array | undefined> {
    const { source } = this.#options;
    const { run, generation, at } = events[0]!;
    // The browser keeps the answer for a single event, and gives it after a reload.
    if (events.length === 1) yield await source.event(run, generation, at, signal);
    else {
      const rows = events.map((event) => event.at);
      yield* source.events(run, generation, rows, signal);
    }
  }

  #abort(fetch: Fetch): void {
    fetch.abort.abort();
    this.#fetches.delete(fetch);
    for (const key of fetch.left) this.#byKey.delete(key);
  }
}
