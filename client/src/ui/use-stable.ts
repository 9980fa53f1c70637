import { useLayoutEffect, useMemo, useRef } from 'react';

/** The same function in every render, which calls the newest one. */
export function useStable<A extends readonly unknown[]>(call: (...given: A) => void): (...given: A) => void {
  const newest = useRef(call);
  useLayoutEffect(() => {
    newest.current = call;
  });
  return useMemo(
    () =>
      (...given: A) =>
        newest.current(...given),
    [],
  );
}
