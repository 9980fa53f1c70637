import type { ReactNode } from 'react';
import { useRef } from 'react';

type Options<T> = readonly (readonly [value: T, text: ReactNode])[];

/** The options; the same array as before while values and texts are the same, so that what shows them need not render. */
export function useSameOptions<O extends Options<unknown>>(options: O): O {
  const last = useRef(options);
  const isSame =
    options.length === last.current.length &&
    options.every(([value, text], at) => value === last.current[at]![0] && text === last.current[at]![1]);
  if (!isSame) last.current = options;
  return last.current;
}
