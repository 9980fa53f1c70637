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
 * What the pixel columns of a range hold, once all points have been added: the first, lowest, highest and last finite value of each, so that a line through
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
    let at = 0;
    while (at < length) {
      const place = placeOf(xs[at]!, from, to, width, perX);
      let anyX = this.#anyX[place]!;
      let firstX = this.#firstX[place]!;
      let minX = this.#minX[place]!;
      let maxX = this.#maxX[place]!;
      let lastX = this.#lastX[place]!;
      let first = this.#first[place]!;
      let min = this.#min[place]!;
      let max = this.#max[place]!;
      let last = this.#last[place]!;
      const begin = at;
      do {
        const x = xs[at]!;
        const y = ys[at]!;
        at++;
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
      } while (at < length && placeOf(xs[at]!, from, to, width, perX) === place);
      this.#count[place]! += at - begin;
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
  }

  #countNonFinite(place: number, y: number): void {
    const counts = y > 0 ? this.#positive : y < 0 ? this.#negative : this.#nan;
    counts[place]!++;
  }

  /** How many points each column with points has. */
  counts(): Counts {
    const used = this.#used();
    return {
      count: gathered(this.#count, used),
      nan: gathered(this.#nan, used),
      positive: gathered(this.#positive, used),
      negative: gathered(this.#negative, used),
    };
  }

  /** @param isWide whether the values need float64 */
  extremes(isWide: boolean): ColumnExtremes {
    const used = this.#used();
    for (const place of used) {
      if (this.#firstX[place] !== Number.POSITIVE_INFINITY) continue;
      for (const xs of [this.#firstX, this.#minX, this.#maxX, this.#lastX]) xs[place] = this.#anyX[place]!;
      for (const ys of [this.#first, this.#min, this.#max, this.#last]) ys[place] = Number.NaN;
    }
    const points = (xs: Float64Array, ys: Float64Array) => ({
      x: gathered(xs, used),
      y: narrowed(gathered(ys, used), isWide),
    });
    return {
      first: points(this.#firstX, this.#first),
      min: points(this.#minX, this.#min),
      max: points(this.#maxX, this.#max),
      last: points(this.#lastX, this.#last),
    };
  }

  /** The places of the columns that have points. */
  #used(): Uint32Array {
    const places = new Uint32Array(this.#count.length);
    let used = 0;
    for (let place = 0; place < places.length; place++) if (this.#count[place]! > 0) places[used++] = place;
    return places.subarray(0, used);
  }
}

function placeOf(x: number, from: number, to: number, width: number, perX: number): number {
  if (x < from) return 0;
  if (x > to) return width + 1;
  return Math.min(width, Math.floor((x - from) * perX) + 1);
}

function gathered(numbers: Float64Array, places: Uint32Array): Float64Array {
  const some = new Float64Array(places.length);
  for (let at = 0; at < places.length; at++) some[at] = numbers[places[at]!]!;
  return some;
}
