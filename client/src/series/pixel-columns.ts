/**
 * A long curve at the width of the screen: of each column of pixels the first, lowest, highest and last value with their places,
 * and how many values were not finite. So no spike is lost, at any zoom. New points are added at the end; when there are twice
 * as many columns as wanted, neighbours are merged. One file, because all of it knows how columns lie in memory.
 */

import { countWhile } from '@convscope/shared/sorted.js';
import {
  COUNT,
  FIELDS,
  FIRST,
  FIRST_X,
  LAST,
  LAST_X,
  MARK_X,
  MAX,
  MAX_X,
  MIN,
  MIN_X,
  MINUS,
  NAN,
  type PixelColumn,
  PLUS,
} from './pixel-column.js';

/** A point of a drawn line. */
export interface Point {
  readonly x: number;
  /** NaN is a break in the line. */
  readonly y: number;
}

/** The height of a line at a value. One that is not finite breaks the line, and has a sign of its own. */
export function lineAt(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A range of steps, inclusive at both ends. */
export interface Part {
  readonly first: number;
  readonly last: number;
}

/** Values that are not finite and lie so close together that they are drawn as one mark. */
export interface NonFinite {
  readonly x: number;
  readonly nan: number;
  /** How many are +∞ and −∞. */
  readonly plus: number;
  readonly minus: number;
}

export class PixelColumns {
  readonly #from: number;
  readonly #most: number;
  #pitch: number;
  /** FIELDS numbers for each column that is not empty, in order of x. */
  #data: Float64Array;
  /** How many columns are not empty. */
  size = 0;
  /** How many values there are, finite or not. */
  total = 0;

  /**
   * @param from where the first column begins
   * @param pitch the width of a column, more than 0
   * @param most how many columns are wanted; there may be up to twice as many
   */
  constructor(from: number, pitch: number, most: number) {
    this.#from = from;
    this.#pitch = pitch;
    this.#most = Math.max(1, most);
    this.#data = new Float64Array(16 * FIELDS);
  }

  /** Columns for the points from `first` to `last`; points beyond may follow. */
  static over({ first, last }: Part, width: number): PixelColumns {
    return new PixelColumns(first, Math.max((last - first) / Math.max(1, width), Number.MIN_VALUE), width);
  }

  /** Adds a whole column, which lies after all others. */
  add(column: PixelColumn): void {
    const at = this.#room();
    this.#data.set(
      [
        ...[column.count, column.nan, column.plus, column.minus, column.markX],
        ...[column.firstX, column.first, column.minX, column.min],
        ...[column.maxX, column.max, column.lastX, column.last],
      ],
      at,
    );
    this.size++;
    this.total += column.count + column.nan + column.plus + column.minus;
  }

  /** Adds a point as a column of its own, which lies after all others. */
  addPoint(x: number, y: number): void {
    const at = this.#room();
    this.#data.fill(0, at, at + FIELDS);
    this.size++;
    this.#put(at, x, y);
  }

  /** Adds a point, which lies after all others, to the column of its place. */
  push(x: number, y: number): void {
    let cell = this.#cellOf(x);
    while (cell >= 2 * this.#most) {
      this.#pitch *= 2;
      cell = this.#cellOf(x);
      if (cell < 2 * this.#most) this.#merge();
    }
    let at = (this.size - 1) * FIELDS;
    if (this.size === 0 || this.#cellOf(this.#beginOf(at)) < cell) {
      at = this.#room();
      this.#data.fill(0, at, at + FIELDS);
      this.size++;
    }
    this.#put(at, x, y);
  }

  #put(at: number, x: number, y: number): void {
    this.total++;
    const data = this.#data;
    if (!Number.isFinite(y)) {
      const field = Number.isNaN(y) ? NAN : y > 0 ? PLUS : MINUS;
      if (this.#marksAt(at) === 0) data[at + MARK_X] = x;
      data[at + field]!++;
      return;
    }
    if (data[at + COUNT]!++ === 0) {
      for (const field of [FIRST_X, MIN_X, MAX_X]) data[at + field] = x;
      for (const field of [FIRST, MIN, MAX]) data[at + field] = y;
    } else if (y < data[at + MIN]!) {
      data[at + MIN] = y;
      data[at + MIN_X] = x;
    } else if (y > data[at + MAX]!) {
      data[at + MAX] = y;
      data[at + MAX_X] = x;
    }
    data[at + LAST_X] = x;
    data[at + LAST] = y;
  }

  /** The width of a column. */
  get pitch(): number {
    return this.#pitch;
  }

  /** Whether every value has a column of its own, so that nothing of a part is left out. */
  isExactIn(part: Part): boolean {
    if (this.total === this.size) return true;
    const [from, to] = this.#within(part);
    for (let at = from * FIELDS; at <= to * FIELDS; at += FIELDS)
      if (this.#data[at + COUNT]! + this.#marksAt(at) > 1) return false;
    return true;
  }

  /** Where the first and the last value are. */
  get extent(): Part | undefined {
    if (this.size === 0) return undefined;
    return { first: this.#beginOf(0), last: this.#endOf((this.size - 1) * FIELDS) };
  }

  /** The newest value; NaN if it is not finite. */
  get newest(): number {
    const at = (this.size - 1) * FIELDS;
    if (this.size === 0 || this.#data[at + COUNT] === 0) return Number.NaN;
    const isMarkNewer = this.#marksAt(at) > 0 && this.#data[at + MARK_X]! > this.#data[at + LAST_X]!;
    return isMarkNewer ? Number.NaN : this.#data[at + LAST]!;
  }

  /** Where the first value is that is not finite. */
  get firstNonFinite(): number | undefined {
    for (let at = 0; at < this.size * FIELDS; at += FIELDS)
      if (this.#marksAt(at) > 0) return this.#data[at + MARK_X];
    return undefined;
  }

  /** The points of the line, in order of x: in a part, with the columns before and after it. */
  points(part?: Part): Point[] {
    const points: Point[] = [];
    const data = this.#data;
    const [from, to] = part === undefined ? [0, this.size - 1] : this.#within(part);
    const [begin, end] = [Math.max(0, from - 1), Math.min(this.size - 1, to + 1)];
    for (let at = begin * FIELDS; at <= end * FIELDS; at += FIELDS) {
      const start = points.length;
      if (data[at + COUNT]! > 0) {
        points.push({ x: data[at + FIRST_X]!, y: data[at + FIRST]! });
        const isLowFirst = data[at + MIN_X]! < data[at + MAX_X]!;
        for (const field of isLowFirst ? [MIN_X, MAX_X, LAST_X] : [MAX_X, MIN_X, LAST_X]) {
          const x = data[at + field]!;
          if (x > points.at(-1)!.x) points.push({ x, y: data[at + field + 1]! });
        }
      }
      if (this.#marksAt(at) === 0) continue;
      const broken = { x: data[at + MARK_X]!, y: Number.NaN };
      let place = points.length;
      while (place > start && points[place - 1]!.x > broken.x) place--;
      points.splice(place, 0, broken);
    }
    return points;
  }

  /**
   * Fewer points that look the same where a column is no wider than a pixel: of each its lowest and highest, in order of x.
   */
  outline(part?: Part): Point[] {
    const points: Point[] = [];
    const data = this.#data;
    const [from, to] = part === undefined ? [0, this.size - 1] : this.#within(part);
    const [begin, end] = [Math.max(0, from - 1), Math.min(this.size - 1, to + 1)];
    for (let at = begin * FIELDS; at <= end * FIELDS; at += FIELDS) {
      if (data[at + COUNT]! > 0) {
        const isLowFirst = data[at + MIN_X]! <= data[at + MAX_X]!;
        const [first, second] = isLowFirst ? [MIN_X, MAX_X] : [MAX_X, MIN_X];
        points.push({ x: data[at + first]!, y: data[at + first + 1]! });
        if (data[at + second]! > data[at + first]!)
          points.push({ x: data[at + second]!, y: data[at + second + 1]! });
      }
      if (this.#marksAt(at) > 0) points.push({ x: data[at + MARK_X]!, y: Number.NaN });
    }
    return points;
  }

  /** The first and last value of each column of a part: a sample that, unlike extremes, says how values are distributed. */
  samples(part?: Part): number[] {
    const values: number[] = [];
    const data = this.#data;
    const [from, to] = part === undefined ? [0, this.size - 1] : this.#within(part);
    for (let at = from * FIELDS; at <= to * FIELDS; at += FIELDS) {
      if (data[at + COUNT]! > 0) values.push(data[at + FIRST]!);
      if (data[at + COUNT]! > 1) values.push(data[at + LAST]!);
    }
    return values;
  }

  /** What lies between neighbouring columns, where it reaches into a part. */
  spaces({ first, last }: Part): Part[] {
    const found: Part[] = [];
    const from = Math.max(
      1,
      this.#count((at) => this.#beginOf(at) <= first),
    );
    for (let one = from; one < this.size; one++) {
      const space = { first: this.#endOf((one - 1) * FIELDS), last: this.#beginOf(one * FIELDS) };
      if (space.first >= last) break;
      found.push(space);
    }
    return found;
  }

  /** The columns of a part that hold values which are not finite. */
  nonFinite(part: Part): NonFinite[] {
    const [found, data]: [NonFinite[], Float64Array] = [[], this.#data];
    for (let at = 0; at < this.size * FIELDS; at += FIELDS) {
      const x = data[at + MARK_X]!;
      if (this.#marksAt(at) === 0 || x < part.first || x > part.last) continue;
      found.push({ x, nan: data[at + NAN]!, plus: data[at + PLUS]!, minus: data[at + MINUS]! });
    }
    return found;
  }

  /** The place of the first column that reaches into a part, and of the last that begins in it. */
  #within({ first, last }: Part): readonly [number, number] {
    const from = this.#count((at) => this.#endOf(at) < first);
    const to = this.#count((at) => this.#beginOf(at) <= last) - 1;
    return [from, to];
  }

  /** How many of the columns, from the first on, meet the condition. */
  #count(meets: (at: number) => boolean): number {
    return countWhile(this.size, (column) => meets(column * FIELDS));
  }

  #cellOf(x: number): number {
    return Math.floor((x - this.#from) / this.#pitch);
  }

  #marksAt(at: number): number {
    return this.#data[at + NAN]! + this.#data[at + PLUS]! + this.#data[at + MINUS]!;
  }

  #beginOf(at: number): number {
    const data = this.#data;
    if (data[at + COUNT] === 0) return data[at + MARK_X]!;
    return this.#marksAt(at) === 0 ? data[at + FIRST_X]! : Math.min(data[at + FIRST_X]!, data[at + MARK_X]!);
  }

  #endOf(at: number): number {
    const data = this.#data;
    if (data[at + COUNT] === 0) return data[at + MARK_X]!;
    return this.#marksAt(at) === 0 ? data[at + LAST_X]! : Math.max(data[at + LAST_X]!, data[at + MARK_X]!);
  }

  /** Where the next column is written. */
  #room(): number {
    const at = this.size * FIELDS;
    if (at === this.#data.length) {
      const next = new Float64Array(this.#data.length * 2);
      next.set(this.#data);
      this.#data = next;
    }
    return at;
  }

  /** Puts the columns together that lie in one cell. */
  #merge(): void {
    const data = this.#data;
    let kept = 0;
    for (let one = 1; one < this.size; one++) {
      const [into, at] = [kept * FIELDS, one * FIELDS];
      if (this.#cellOf(this.#beginOf(at)) !== this.#cellOf(this.#beginOf(into))) {
        kept++;
        data.copyWithin(kept * FIELDS, at, at + FIELDS);
        continue;
      }
      if (this.#marksAt(into) === 0) data[into + MARK_X] = data[at + MARK_X]!;
      for (const field of [NAN, PLUS, MINUS]) data[into + field]! += data[at + field]!;
      if (data[at + COUNT] === 0) continue;
      if (data[into + COUNT] === 0) {
        data.copyWithin(into + FIRST_X, at + FIRST_X, at + FIELDS);
      } else {
        if (data[at + MIN]! < data[into + MIN]!) data.copyWithin(into + MIN_X, at + MIN_X, at + MIN + 1);
        if (data[at + MAX]! > data[into + MAX]!) data.copyWithin(into + MAX_X, at + MAX_X, at + MAX + 1);
        data.copyWithin(into + LAST_X, at + LAST_X, at + LAST + 1);
      }
      data[into + COUNT]! += data[at + COUNT]!;
    }
    this.size = Math.min(this.size, kept + 1);
  }
}
