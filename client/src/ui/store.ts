/** A value that components subscribe to. */
import { startTransition, useEffect, useRef, useState, useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(next: T): void;
  /** `listener` is called after every change. Returns the function that unsubscribes it. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The part of a store that `select` returns. It must return the same object for the same state, or React re-renders
 * forever.
 */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  const snapshot = () => select(store.get());
  return useSyncExternalStore(store.subscribe, snapshot, snapshot);
}

export function useStoreValue<T>(store: Pick<Store<T>, 'get' | 'subscribe'>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/**
 * The value of a store, for what may be drawn a moment later than the rest: React renders it when nothing more urgent is
 * left, and passes over values that were replaced meanwhile. While urgent work comes with every frame it would never be
 * rendered: a change is drawn at once while `isUrgent` holds.
 */
export function useStoreLater<T>(store: Store<T>, isUrgent?: Store<boolean>): T {
  const [value, setValue] = useState(store.get);
  useEffect(() => {
    const renew = () => {
      const set = () => setValue(() => store.get());
      if (isUrgent?.get()) set();
      else startTransition(set);
    };
    renew();
    return store.subscribe(renew);
  }, [store, isUrgent]);
  return value;
}

/** A list that `select` makes of a store. It is the same array while it has the same items. */
export function useStoreList<T, S>(store: Store<T>, select: (value: T) => readonly S[]): readonly S[] {
  const last = useRef<readonly S[]>([]);
  const snapshot = () => {
    const next = select(store.get());
    const isSame = next.length === last.current.length && next.every((item, at) => item === last.current[at]);
    if (!isSame) last.current = next;
    return last.current;
  };
  return useSyncExternalStore(store.subscribe, snapshot, snapshot);
}
