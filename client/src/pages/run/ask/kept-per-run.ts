/** State of the panel that stays while the panel is closed. */
import { useEffect, useState } from 'react';

/**
 * @returns a hook that holds one value, of the run for which it was set last. Of any other run it is `initial`: layers of
 * one net mean nothing to another.
 */
export function keptPerRun<T>(
  initial: T,
): (run: string) => readonly [value: T, change: (next: (before: T) => T) => void] {
  let kept = { run: '', value: initial };
  return function useKept(run) {
    const [held, setHeld] = useState(kept);
    useEffect(() => {
      kept = held;
    }, [held]);
    const valueIn = (one: typeof kept): T => (one.run === run ? one.value : initial);
    return [valueIn(held), (next) => setHeld((before) => ({ run, value: next(valueIn(before)) }))];
  };
}
