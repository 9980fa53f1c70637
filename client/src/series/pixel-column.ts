/** One column of pixels, as it comes and as it is kept. */

/** What there is of one column. Without finite values (`count` 0) only the numbers of the others and `markX` count. */
export interface PixelColumn {
  /** The number of finite values. */
  readonly count: number;
  /** How many are NaN, +∞ and −∞. */
  readonly nan: number;
  readonly plus: number;
  readonly minus: number;
  /** Where a value is that is not finite, if there are any. */
  readonly markX: number;
  readonly firstX: number;
  readonly first: number;
  readonly minX: number;
  readonly min: number;
  readonly maxX: number;
  readonly max: number;
  readonly lastX: number;
  readonly last: number;
}

/** Fields of a column, in the order in which they are kept. */
export const COUNT = 0;
export const NAN = 1;
export const PLUS = 2;
export const MINUS = 3;
export const MARK_X = 4;
export const FIRST_X = 5;
export const FIRST = 6;
export const MIN_X = 7;
export const MIN = 8;
export const MAX_X = 9;
export const MAX = 10;
export const LAST_X = 11;
export const LAST = 12;
export const FIELDS = 13;
