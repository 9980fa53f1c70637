/**
 * A choice that is kept in localStorage for each log directory and is not part of a link, such as the size of cards. What is
 * stored is checked when it is read. Without storage, it lasts until the page is closed.
 */
import { createStore, type Store } from './store.js';

export interface KeptPreferencesOptions<T> {
  /** What is kept, as part of the key. */
  readonly name: string;
  /** Used until something has been chosen. */
  readonly initial: T;
  /** Returns undefined if the stored value is none of ours: another version or another program may have written it. */
  readonly parse: (stored: unknown) => T | undefined;
}

/** Says which log directory the page shows, as soon as it is known. `Runs.list` is one. */
export type LogdirStore = Pick<Store<{ readonly logdir: string } | undefined>, 'get' | 'subscribe'>;

let hasWarned = false;

function warnOnce(error: unknown): void {
  if (!hasWarned) console.warn('The preferences of this page cannot be kept:', error);
  hasWarned = true;
}

function read<T>(key: string, parse: (stored: unknown) => T | undefined): T | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : parse(JSON.parse(text));
  } catch (error) {
    warnOnce(error);
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    warnOnce(error);
  }
}

/** A store whose value is kept. What is chosen before the log directory is known is kept as soon as it is. */
export function createKeptPreferences<T>(
  { name, initial, parse }: KeptPreferencesOptions<T>,
  where: LogdirStore,
): Store<T> {
  const store = createStore(initial);
  let logdir: string | undefined;
  let isChosen = false;
  const keyOf = (folder: string) => `convscope.${name}:${folder}`;
  const follow = (): void => {
    const next = where.get()?.logdir;
    if (next === undefined || next === logdir) return;
    const isFirst = logdir === undefined;
    logdir = next;
    if (isFirst && isChosen) write(keyOf(next), store.get());
    else store.set(read(keyOf(next), parse) ?? initial);
  };
  where.subscribe(follow);
  follow();
  return {
    get: store.get,
    subscribe: store.subscribe,
    set(next) {
      if (Object.is(next, store.get())) return;
      isChosen = true;
      if (logdir !== undefined) write(keyOf(logdir), next);
      store.set(next);
    },
  };
}
