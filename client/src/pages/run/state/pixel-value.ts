/**
 * The one value of the pinned pixel. It is known from the logged map and, where kernels and input were logged, from the
 * arithmetic. The one with the smaller margin is shown, and the other beside it; the two must agree within their margins.
 */
import {
  marginOf,
  type Precision,
  type Reading,
  rectified,
  roundingOf,
} from '@convscope/shared/convolution/reading.js';
import { readingAt } from '../../../drawing/map-stack.js';
import type { Outcome } from './arithmetic.js';
import type { Selection } from './selection.js';

export interface PixelValue {
  readonly y: number;
  readonly x: number;
  /** Before or after the activation, as the map is shown. */
  readonly shown: Reading;
  readonly source: 'log' | 'arithmetic';
  /** The same value from the other source, if it is known. */
  readonly other: Reading | undefined;
  /** The value before ReLU, where the shown one is after it. */
  readonly before: Reading | undefined;
  /** Set if the two values contradict each other: how far they are apart, and how far they may be. */
  readonly contradiction: { readonly apart: number; readonly allowed: number } | undefined;
}

/**
 * Undefined while there is no map.
 * @param precision in which the net was computed: its own sum is not the exact one
 */
export function pixelValueOf(
  selection: Selection,
  outcome: Outcome,
  precision: Precision = 'float32',
): PixelValue | undefined {
  const { output, preactivation, channel, y, x } = selection;
  if (output === undefined) return undefined;
  const log = {
    shown: readingAt(output, channel, y, x),
    before: output.rectified && preactivation ? readingAt(preactivation, channel, y, x) : undefined,
  };
  if (outcome === undefined || 'error' in outcome) {
    return { y, x, ...log, source: 'log', other: undefined, contradiction: undefined };
  }
  const isAfter = output.rectified || isLoggedAfterRelu(selection);
  const arithmetic = {
    shown: isAfter ? rectified(outcome.sum) : outcome.sum,
    before: output.rectified ? outcome.sum : undefined,
  };
  // Before ReLU, where it does not hide a difference.
  const contradiction = contradictionOf(
    log.before ?? log.shown,
    arithmetic.before ?? arithmetic.shown,
    roundingOf(outcome.pixel.terms, outcome.pixel.bias, precision),
  );
  // What contradicts the log is not known to be the net's value.
  const isArithmetic =
    contradiction === undefined && Number.isFinite(arithmetic.shown.value) && isTighterThan(arithmetic, log);
  return isArithmetic
    ? { y, x, ...arithmetic, source: 'arithmetic', other: log.shown, contradiction }
    : { y, x, ...log, source: 'log', other: arithmetic.shown, contradiction };
}

type Known = Pick<PixelValue, 'shown' | 'before'>;

/** Of two values that ReLU has made exact zeros, the one that was known better before it. */
function isTighterThan(one: Known, other: Known): boolean {
  const [a, b] = [marginOf(one.shown), marginOf(other.shown)];
  return a < b || (a === b && marginOf(one.before ?? one.shown) < marginOf(other.before ?? other.shown));
}

function isLoggedAfterRelu({ layer, description }: Selection): boolean {
  return layer.outputRole === 'output' && description?.activation === 'relu';
}

export function contradictionOf(
  logged: Reading,
  computed: Reading,
  rounding: number,
): PixelValue['contradiction'] {
  const [a, b] = [logged.value, computed.value];
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    // A sum beyond the largest float32 is infinite in the net.
    const isSame = Object.is(a, b) || a === Math.fround(b);
    return isSame ? undefined : { apart: Number.POSITIVE_INFINITY, allowed: 0 };
  }
  const apart = Math.abs(a - b);
  const allowed = marginOf(logged) + marginOf(computed) + rounding;
  return apart <= allowed ? undefined : { apart, allowed };
}
