import { useMemo } from 'react';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { arithmeticOf, type Outcome } from '../state/arithmetic.js';
import { explainedValueOf } from '../state/explanation.js';
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
  const stated = useStore(app.run, (run) => run?.model?.precision);
  return useMemo(() => {
    const precision = stated ?? (device === 'gpu' ? 'tf32' : 'float32');
    const isConv = selection.description !== undefined;
    return isConv || selection.described === undefined
      ? pixelValueOf(selection, arithmeticOnce(selection), precision)
      : explainedValueOf(selection, precision);
  }, [selection, device, stated]);
}
