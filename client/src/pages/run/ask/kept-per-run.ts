/** State of the panel that stays while the panel is closed. */
import { createStore, useStoreValue } from '../../../ui/store.js';

/**
 * @returns a hook that holds a value for each run, at first `initial`. It can be changed when the panel is closed as well: a
 * training process answers at the end of a step.
 */
export function keptPerRun<T>(
  initial: T,
): (run: string) => readonly [value: T, change: (next: (before: T) => T) => void] {
  const held = createStore<ReadonlyMap<string, T>>(new Map());
  return function useKept(run) {
    const of = (values: ReadonlyMap<string, T>): T => values.get(run) ?? initial;
    return [of(useStoreValue(held)), (next) => held.set(new Map(held.get()).set(run, next(of(held.get()))))];
  };
}
