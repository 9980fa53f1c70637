/** The state of a page that is written to the address, `#id?…`, and read from it when the user follows a link or goes back. */
import { createAddressWriter, type HistoryEffect } from './address-writer.js';
import { createStore, type Store } from './store.js';
import type { ViewFormat } from './view-format.js';

export interface PageAddress<T> {
  readonly state: Store<T>;
  /** The hash that leads back to the state. */
  readonly hash: Store<string>;
  /** What in the address cannot be read, one sentence each, until the first change, which writes it anew. */
  readonly problems: Store<readonly string[]>;
  /** Changes part of the state. Setting `state` itself does not write the address. */
  show(changes: Partial<T>, effect?: HistoryEffect): void;
  /**
   * Changes what the page chooses by itself, which is no reason to forget what is wrong with the address. `sentences` say what is
   * shown in the place of something that is not there.
   */
  fill(changes: Partial<T>, sentences?: readonly string[]): void;
  /** Call when the address has changed. */
  read(): void;
}

export interface PageAddressOptions<T> {
  /** The page's id. */
  readonly id: string;
  readonly format: ViewFormat<T>;
  /** What an address leaves open is as it was before, or as on another page. */
  readonly complete?: (view: T) => T;
}

/** A query whose characters are escaped only where an address would else mean something else. */
export function readableQuery(query: URLSearchParams): string {
  return query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%40', '@');
}

export function createPageAddress<T extends object>({
  id,
  format,
  complete = (view) => view,
}: PageAddressOptions<T>): PageAddress<T> {
  const page = `#${id}`;
  const isOwn = (hash: string): boolean => hash.split('?')[0] === page;
  const queryOf = (hash: string) => new URLSearchParams(isOwn(hash) ? hash.slice(page.length + 1) : '');
  const toHash = (state: T): string => {
    const query = readableQuery(format.format(state));
    return query === '' ? page : `${page}?${query}`;
  };
  const said = format.parse(queryOf(location.hash));
  const state = createStore(complete(said));
  const problems = createStore(format.problems(queryOf(location.hash)));
  const hash = createStore(toHash(state.get()));
  const writer = createAddressWriter(isOwn, hash.get);
  /** Writes what the address has left open, unless something in it is named. */
  const writeRest = (given: T): void => {
    if (problems.get().length === 0 && hash.get() !== toHash(given)) writer.changed();
  };
  const set = (changes: Partial<T>): void => {
    const next = { ...state.get(), ...changes };
    state.set(next);
    hash.set(toHash(next));
  };
  writeRest(said);
  return {
    state,
    hash,
    problems,
    show(changes, effect = 'replace') {
      writer.prepare(effect, hash.get());
      problems.set([]);
      set(changes);
      writer.changed();
    },
    fill(changes, sentences = []) {
      const before = state.get();
      if (sentences.length > 0) problems.set([...problems.get(), ...sentences]);
      set(changes);
      writeRest(before);
    },
    read() {
      if (!isOwn(location.hash)) return;
      writer.follow();
      const query = queryOf(location.hash);
      const given = format.parse(query);
      const next = complete(given);
      state.set(next);
      problems.set(format.problems(query));
      hash.set(toHash(next));
      writeRest(given);
    },
  };
}
