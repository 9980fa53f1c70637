import { useMemo } from 'react';
import { arithmeticOf, type Outcome } from '../state/arithmetic.js';
import { type PixelValue, pixelValueOf } from '../state/pixel-value.js';
import type { Selection } from '../state/selection.js';

const outcomes = new WeakMap<Selection, { readonly outcome: Outcome }>();

/** The arithmetic of a selection, computed once for all components that show it. */
export function arithmeticOnce(selection: Selection): Outcome {
  const known = outcomes.get(selection);
  if (known !== undefined) return known.outcome;
  const outcome = arithmeticOf(selection);
  outcomes.set(selection, { outcome });
  return outcome;
}

export function useShownValue(selection: Selection): PixelValue | undefined {
  return useMemo(() => pixelValueOf(selection, arithmeticOnce(selection)), [selection]);
}
