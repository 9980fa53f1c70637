/** The limits of the colours of patches of the input, which are drawn beside kernels. */
import { useMemo } from 'react';
import { limitsOf, NO_RANGE, topOf } from '../../../drawing/limits.js';
import type { Limits } from '../../../drawing/lut.js';
import type { Selection } from '../state/selection.js';

export function useInputLimits({ input, frame, inputSigned, description }: Selection): Limits {
  return useMemo(() => {
    const range = frame?.input?.decoded.range ?? NO_RANGE;
    if (description?.input.from === 'probes') return { lo: range.min, hi: range.max };
    if (input === undefined) return { lo: 0, hi: 1 };
    const top = topOf(range, inputSigned);
    return limitsOf({ stack: input, top, lock: 'layer', signed: inputSigned, chosen: undefined })(0);
  }, [input, frame, inputSigned, description]);
}
