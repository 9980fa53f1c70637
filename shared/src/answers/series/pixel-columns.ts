import type { ColumnExtremes, ColumnSeries } from '../../protocol/series.js';
import { narrowed } from './exact-points.js';

/** How many numbers of a column are kept. */
const ARRAYS = 13;

/** The range of x that a chart shows, and how many pixels wide it is. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** How many numbers say what shows of points that share a column: see `addFound`. */
export const FOUND_NUMBERS = 10;

type Counts = Pick<ColumnSeries, 'count' | 'nan' | 'positive' | 'negative'>;

/**
 * What the pixel columns of a range hold, once all points have been added: the first, lowest, highest and last finite value of each, so that a line through
 * them looks like the line through all points. Points may come in any order of x. Of points with the same x the later one
 * is the last and the earlier one the first; of equal values the earlier one is the lowest or highest.
 */
export class PixelColumns {
  readonly range: Range;
  /** How many columns there are to a distance of 1. */
  readonly perX: number;
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
  #hasNonFinite = false;

  constructor(range: Range) {
    this.range = range;
    this.perX = range.to > range.from ? range.width / (range.to - range.from) : 0;
    const columns = range.width + 2;
    // In one piece, as many small ones take time to give back.
    const all = new Float64Array(ARRAYS * columns);
    let taken = 0;
    const numbers = (value: number) => {
      taken += columns;
      return all.subarray(taken - columns, taken).fill(value);
    };
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
   * Points outside of the range are its neighbours: at most one on each side.
   * @param isSorted whether x never falls. The points of a column are found at once then, not one by one.
   */
  add(xs: Float64Array, ys: Float64Array, isSorted: boolean): void {
    let points = 1;
    for (let at = 0; at < xs.length; at += points) {
      const place = this.#placeOf(xs[at]!);
      points = isSorted ? this.#endOf(place, xs, at, points) - at : 1;
      this.#merge(place, xs, ys, at, at + points);
    }
  }

  /**
   * As `add`, of points of which it has been found what shows of them. FOUND_NUMBERS for each stretch of points in order of x that
   * share a column: its place, how many points there are, and x and value of the first, lowest, highest and last one. Of equal
   * values the first counts, and all are finite.
   */
  addFound(found: Float64Array): void {
    for (let at = 0; at < found.length; at += FOUND_NUMBERS) {
      const place = found[at]!;
      const [firstX, first] = [found[at + 2]!, found[at + 3]!];
      this.#count[place]! += found[at + 1]!;
      if (firstX < this.#anyX[place]!) this.#anyX[place] = firstX;
      const [minX, min, maxX, max] = [found[at + 4]!, found[at + 5]!, found[at + 6]!, found[at + 7]!];
      this.#keep(place, firstX, first, minX, min, maxX, max, found[at + 8]!, found[at + 9]!);
    }
  }

  /** Adds the points from `at` to `end`, all of which lie in one column, in order of x. */
  #merge(place: number, xs: Float64Array, ys: Float64Array, at: number, end: number): void {
    this.#count[place]! += end - at;
    if (xs[at]! < this.#anyX[place]!) this.#anyX[place] = xs[at]!;
    let first = at;
    for (; first < end && !Number.isFinite(ys[first]!); first++) this.#countNonFinite(place, ys[first]!);
    if (first === end) return;
    let minAt = first;
    let maxAt = first;
    let min = ys[first]!;
    let max = min;
    for (let point = first + 1; point < end; point++) {
      const y = ys[point]!;
      // Most are neither. What is not finite is not within either.
      if (y >= min && y <= max) continue;
      if (!Number.isFinite(y)) this.#countNonFinite(place, y);
      else if (y < min) {
        min = y;
        minAt = point;
      } else {
        max = y;
        maxAt = point;
      }
    }
    let last = end - 1;
    while (!Number.isFinite(ys[last]!)) last--;
    this.#keep(place, xs[first]!, ys[first]!, xs[minAt]!, min, xs[maxAt]!, max, xs[last]!, ys[last]!);
  }

  /** Keeps of finite points that follow those before what shows in their column. */
  #keep(
    place: number,
    firstX: number,
    first: number,
    minX: number,
    min: number,
    maxX: number,
    max: number,
    lastX: number,
    last: number,
  ): void {
    if (firstX < this.#firstX[place]!) {
      this.#firstX[place] = firstX;
      this.#first[place] = first;
    }
    if (lastX >= this.#lastX[place]!) {
      this.#lastX[place] = lastX;
      this.#last[place] = last;
    }
    if (min < this.#min[place]!) {
      this.#min[place] = min;
      this.#minX[place] = minX;
    }
    if (max > this.#max[place]!) {
      this.#max[place] = max;
      this.#maxX[place] = maxX;
    }
  }

  /** Which column holds an x. The neighbours of the range have places of their own. */
  #placeOf(x: number): number {
    const { from, to, width } = this.range;
    if (x < from) return 0;
    if (x > to) return width + 1;
    return Math.min(width, Math.floor((x - from) * this.perX) + 1);
  }

  /**
   * Where the points of the column end that begin at `at`. Columns hold similar numbers of points, so the search begins
   * with as many as the one before had.
   */
  #endOf(place: number, xs: Float64Array, at: number, guess: number): number {
    let low = at;
    let high = at + 1;
    for (let stride = guess; high < xs.length && this.#placeOf(xs[high]!) === place; stride *= 2) {
      low = high;
      high = Math.min(xs.length, high + stride);
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#placeOf(xs[middle]!) === place) low = middle;
      else high = middle;
    }
    return high;
  }

  #countNonFinite(place: number, y: number): void {
    const counts = y > 0 ? this.#positive : y < 0 ? this.#negative : this.#nan;
    counts[place]!++;
    this.#hasNonFinite = true;
  }

  /** How many points each column with points has. Valid until something is added. */
  counts(): Counts {
    const used = this.#used();
    return {
      count: gathered(this.#count, used),
      nan: gathered(this.#nan, used),
      positive: gathered(this.#positive, used),
      negative: gathered(this.#negative, used),
    };
  }

  /**
   * Valid until something is added.
   * @param isWide whether the values need float64
   */
  extremes(isWide: boolean): ColumnExtremes {
    const used = this.#used();
    for (let at = 0; this.#hasNonFinite && at < used.length; at++) {
      const place = used[at]!;
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

function gathered(numbers: Float64Array, places: Uint32Array): Float64Array {
  const [first = 0, last = -1] = [places[0], places.at(-1)];
  // Mostly all columns are used.
  if (last - first + 1 === places.length) return numbers.subarray(first, last + 1);
  const some = new Float64Array(places.length);
  for (let at = 0; at < places.length; at++) some[at] = numbers[places[at]!]!;
  return some;
}
