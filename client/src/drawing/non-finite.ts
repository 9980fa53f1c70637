/** NaN, +∞ and −∞ as the page shows them: each with a colour, a sign and a name of its own. */
import { MARK } from '../decode/decoded.js';
import type { TokenName } from '../ui/tokens.js';

export type Mark = (typeof MARK)[keyof typeof MARK];

/** The pixels of NaN, +∞ and −∞, at the index of their mark. The first is never used. */
export type MarkPixels = readonly [finite: number, nan: number, infinity: number, negativeInfinity: number];

export interface NonFinite {
  readonly mark: Exclude<Mark, typeof MARK.finite>;
  readonly name: string;
  readonly token: TokenName;
  /** Strokes of the sign in a unit square: [x0, y0, x1, y1]. */
  readonly strokes: readonly (readonly [number, number, number, number])[];
}

/** In the order of their marks. */
export const NON_FINITE: readonly NonFinite[] = [
  {
    mark: MARK.nan,
    name: 'NaN',
    token: 'nan-fill',
    strokes: [
      [0.25, 0.25, 0.75, 0.75],
      [0.25, 0.75, 0.75, 0.25],
    ],
  },
  {
    mark: MARK.infinity,
    name: '+∞',
    token: 'inf-fill',
    strokes: [
      [0.2, 0.5, 0.8, 0.5],
      [0.5, 0.2, 0.5, 0.8],
    ],
  },
  { mark: MARK.negativeInfinity, name: '−∞', token: 'neg-inf-fill', strokes: [[0.2, 0.5, 0.8, 0.5]] },
];

/** The colour of the signs, on each of the three fills. */
export const SIGN_INK = '#111';

export function markOf(value: number): Mark {
  if (Number.isFinite(value)) return MARK.finite;
  return Number.isNaN(value) ? MARK.nan : value > 0 ? MARK.infinity : MARK.negativeInfinity;
}
