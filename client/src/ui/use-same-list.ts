import { useRef } from 'react';

/** The list; the same array as before while it has the same items, so that what depends on it is not computed again. */
export function useSameList<T>(list: readonly T[]): readonly T[] {
  const last = useRef(list);
  const isSame = list.length === last.current.length && list.every((item, at) => item === last.current[at]);
  if (!isSame) last.current = list;
  return last.current;
}
