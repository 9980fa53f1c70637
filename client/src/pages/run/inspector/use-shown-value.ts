import { useMemo } from 'react';
import { boundOf, valueAt } from '../../../drawing/map-stack.js';
import { type Arithmetic, arithmeticOf } from '../state/arithmetic.js';
import type { Selection } from '../state/selection.js';

type Outcome = Arithmetic | { readonly error: string } | undefined;

const outcomes = new WeakMap<Selection, { readonly outcome: Outcome }>();

/** The arithmetic of a selection, computed once for all components that show it. */
export function arithmeticOnce(selection: Selection): Outcome {
  const known = outcomes.get(selection);
  if (known !== undefined) return known.outcome;
  const outcome = arithmeticOf(selection);
  outcomes.set(selection, { outcome });
  return outcome;
}

export interface ShownValue {
  readonly y: number;
  readonly x: number;
  readonly value: number;
  /** The value before the activation, when `value` is after it. */
  readonly before: number | undefined;
  /** The largest possible difference from the value that the net computed. */
  readonly bound: number;
}

/**
 * The value of the pinned pixel. Where kernels and input are loaded it is computed from them, since they are exact or
 * finer than the logged map; otherwise it is the logged value.
 */
export function useShownValue(selection: Selection): ShownValue | undefined {
  return useMemo(() => {
    const { output, preactivation, channel, y, x } = selection;
    if (output === undefined) return undefined;
    const arithmetic = arithmeticOnce(selection);
    if (arithmetic !== undefined && !('error' in arithmetic) && Number.isFinite(arithmetic.pixel.sum)) {
      const { pixel, result, inputBound } = arithmetic;
      const value = output.rectified ? result : pixel.sum;
      return {
        y,
        x,
        value,
        before: output.rectified ? pixel.sum : undefined,
        bound: value === 0 ? 0 : inputBound,
      };
    }
    const value = valueAt(output, channel, y, x);
    const before = preactivation === undefined ? undefined : valueAt(preactivation, channel, y, x);
    return { y, x, value, before, bound: output.rectified && value === 0 ? 0 : boundOf(output, channel) };
  }, [selection]);
}
