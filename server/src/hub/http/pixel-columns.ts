import type { ColumnExtremes, ColumnSeries } from '@convscope/shared/protocol/series.js';
import { narrowed } from './exact-points.js';

/** The range of x that a chart shows, and how many pixels wide it is. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

type Counts = Pick<ColumnSeries, 'count' | 'nan' | 'positive' | 'negative'>;

/**
 * What the pixel columns of a range hold: the first, lowest, highest and last finite value of each, so that a line through
 * them looks like the line through all points. Points may come in any order of x. Of points with the same x the later one
 * is the last and the earlier one the first; of equal values the earlier one is the lowest or highest.
 */
export class PixelColumns {
  readonly #range: Range;
  /** By column. The neighbours of the range have the places before and after its columns. */
  readonly #count: Float64Array;
  readonly #nan: Float64Array;
  readonly #positive: Float64Array;
  readonly #negative: Float64Array;
  /** The lowest x of any value, finite or not. */
  readonly #anyX: Float64Array;
  readonly #firstX: Float64Array;
  readonly #minX: Float64Array;
  readonly #maxX: Float64Array;
  readonly #lastX: Float64Array;
  readonly #first: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #last: Float64Array;

  constructor(range: Range) {
    this.#range = range;
    const numbers = (value: number) => new Float64Array(range.width + 2).fill(value);
    [this.#count, this.#nan, this.#positive, this.#negative] = [
      numbers(0),
      numbers(0),
      numbers(0),
      numbers(0),
    ];
    this.#anyX = numbers(Number.POSITIVE_INFINITY);
    this.#firstX = numbers(Number.POSITIVE_INFINITY);
    this.#lastX = numbers(Number.NEGATIVE_INFINITY);
    [this.#minX, this.#maxX, this.#first, this.#last] = [
      numbers(Number.NaN),
      numbers(Number.NaN),
      numbers(Number.NaN),
      numbers(Number.NaN),
    ];
    this.#min = numbers(Number.POSITIVE_INFINITY);
    this.#max = numbers(Number.NEGATIVE_INFINITY);
  }

  /**
   * Points outside of the range are its neighbours: at most one on each side. The numbers of the column that the last
   * point was in are kept in variables, since the next point most often lies in the same one; this takes a third of the
   * time that the arrays would.
   */
  add(xs: Float64Array, ys: Float64Array): void {
    const { from, to, width } = this.#range;
    const perX = to > from ? width / (to - from) : 0;
    const { length } = xs;
    if (length === 0) return;
    let place = -1;
    let count = 0;
    let anyX = 0;
    let firstX = 0;
    let minX = 0;
    let maxX = 0;
    let lastX = 0;
    let first = 0;
    let min = 0;
    let max = 0;
    let last = 0;
    for (let at = 0; at <= length; at++) {
      const x = xs[at]!;
      const next =
        at === length
          ? -1
          : x < from
            ? 0
            : x > to
              ? width + 1
              : Math.min(width, Math.floor((x - from) * perX) + 1);
      if (next !== place) {
        if (place >= 0) {
          this.#count[place] = count;
          this.#anyX[place] = anyX;
          this.#firstX[place] = firstX;
          this.#minX[place] = minX;
          this.#maxX[place] = maxX;
          this.#lastX[place] = lastX;
          this.#first[place] = first;
          this.#min[place] = min;
          this.#max[place] = max;
          this.#last[place] = last;
        }
        if (next < 0) return;
        place = next;
        count = this.#count[place]!;
        anyX = this.#anyX[place]!;
        firstX = this.#firstX[place]!;
        minX = this.#minX[place]!;
        maxX = this.#maxX[place]!;
        lastX = this.#lastX[place]!;
        first = this.#first[place]!;
        min = this.#min[place]!;
        max = this.#max[place]!;
        last = this.#last[place]!;
      }
      const y = ys[at]!;
      count++;
      if (x < anyX) anyX = x;
      if (y - y !== 0) {
        this.#countNonFinite(place, y);
        continue;
      }
      if (x < firstX) {
        firstX = x;
        first = y;
      }
      if (x >= lastX) {
        lastX = x;
        last = y;
      }
      if (y < min) {
        min = y;
        minX = x;
      }
      if (y > max) {
        max = y;
        maxX = x;
      }
    }
  }

  #countNonFinite(place: number, y: number): void {
    const counts = y > 0 ? this.#positive : y < 0 ? this.#negative : this.#nan;
    counts[place]!++;
  }

  /** How many points each column with points has. */
  counts(): Counts {
    return {
      count: this.#used(this.#count),
      nan: this.#used(this.#nan),
      positive: this.#used(this.#positive),
      negative: this.#used(this.#negative),
    };
  }

  /** @param isWide whether the values need float64 */
  extremes(isWide: boolean): ColumnExtremes {
    const anyX = this.#used(this.#anyX);
    const hasFinite = this.#used(this.#firstX).map((x) => (x === Number.POSITIVE_INFINITY ? 0 : 1));
    const points = (x: Float64Array, y: Float64Array) => ({
      x: this.#used(x).map((place, at) => (hasFinite[at] === 1 ? place : anyX[at]!)),
      y: narrowed(
        this.#used(y).map((value, at) => (hasFinite[at] === 1 ? value : Number.NaN)),
        isWide,
      ),
    });
    return {
      first: points(this.#firstX, this.#first),
      min: points(this.#minX, this.#min),
      max: points(this.#maxX, this.#max),
      last: points(this.#lastX, this.#last),
    };
  }

  /** Those of the columns that have points. */
  #used(numbers: Float64Array): Float64Array {
    return numbers.filter((_, place) => this.#count[place]! > 0);
  }
}
