import { useMemo } from 'react';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
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
  const app = useRunPage();
  const device = useStore(app.run, (run) => run?.start?.environment['device']);
  return useMemo(
    () => pixelValueOf(selection, arithmeticOnce(selection), device === 'gpu' ? 'tf32' : 'float32'),
    [selection, device],
  );
}
