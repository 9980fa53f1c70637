/**
 * One scalar of one run, as the page holds it: whole and exact while it is short, else its newest points and, for what is
 * drawn of it, columns of pixels (curve.ts). Rows of the log are numbered, so that rows that come live can be told from
 * missing ones.
 */
import { Curve } from './curve.js';
import { medianOf } from './median.js';
import type { PixelColumns } from './pixel-columns.js';
import { ScalarPoints } from './scalar-points.js';

/** A series of up to so many points is asked for as a whole, and becomes a long one when it has twice as many. */
export const MOST_WHOLE = 4096;
/** How many of the newest points of a long series are kept: at least, and at most. */
const TAIL = { least: 512, most: 1024 } as const;

/** Rows of the log. */
export interface ScalarRows {
  readonly steps: ArrayLike<number>;
  /** In seconds. */
  readonly wallTimes: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface SeriesName {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
}

export class Series {
  readonly name: SeriesName;
  /** Whether it is of the run that the page is about: others wait for it. */
  isFirst = false;
  /** All points or, of a long series, the newest. */
  points = new ScalarPoints();
  /** Whether `points` are only the newest. */
  isLong = false;
  /** How many points there are, with one value a step. */
  count = 0;
  /** How many rows of the log are in what is held. */
  rows = 0;
  /** How many rows are known to exist. */
  known = 0;
  /** Whether anything has come. */
  isLoaded = false;
  /** Whether a row took the place of others, so that what is held must be fetched again. It is drawn meanwhile. */
  isReplaced = false;
  /** The median of the finite values, and of how many points; undefined as long as it is not known. */
  #median: { readonly of: number; readonly value: number | undefined } | undefined;
  /** Whether somebody wants the median of a long series. */
  wantsMedian = false;
  /** How many of the newest points of a long series are to be fetched. */
  wantedTail = 0;
  /** How many were asked for so far: if there were fewer, there are no more. */
  #askedTail = 0;
  /** What was logged of steps that were logged again, by branches; undefined while nobody has asked. */
  #earlier: readonly PixelColumns[] | undefined;
  /** How many older branches the hub has left out of those that have come. */
  earlierLeftOut = 0;
  /** Whether somebody wants the earlier branches. */
  wantsEarlier = false;
  /** The step of which somebody wants to know whether it was logged. */
  wantedStep: number | undefined;
  readonly #logged = new Map<number, boolean>();
  /** Why the source does not give it. */
  refusal: string | undefined;
  /** The first step, of a long series whose beginning is not among its points. */
  #firstStep: number | undefined;
  readonly #curves = new Map<number, Curve>();
  readonly #ask: (series: Series, isLook: boolean) => void;

  /** @param ask called when something is wanted that is not held; `isLook`, if that changes while somebody zooms or drags */
  constructor(name: SeriesName, ask: (series: Series, isLook: boolean) => void) {
    this.name = name;
    this.#ask = ask;
  }

  ask(isLook = false): void {
    this.#ask(this, isLook);
  }

  get curves(): Iterable<Curve> {
    return this.#curves.values();
  }

  /** The curve with this weight of smoothing, which may not be ready. */
  curve(weight: number): Curve {
    let curve = this.#curves.get(weight);
    if (curve === undefined) {
      curve = new Curve(this, weight);
      this.#curves.set(weight, curve);
      this.ask();
    }
    return curve;
  }

  /** Drops the curves with other weights, once there is one in their place. */
  keepCurves(weights: ReadonlySet<number>): void {
    const isThere = [...this.#curves].some(([weight, { isReady }]) => weights.has(weight) && isReady);
    if (isThere)
      for (const weight of this.#curves.keys()) if (!weights.has(weight)) this.#curves.delete(weight);
  }

  /** The source does not give it, or not what is wanted of it. */
  refuse(reason: string): void {
    this.refusal = reason;
    this.wantsMedian = false;
    this.wantedTail = 0;
    this.wantedStep = undefined;
    this.wantsEarlier = false;
    for (const curve of this.curves) curve.giveUp();
  }

  /** Whether all rows that are known to exist are here. */
  get isComplete(): boolean {
    return this.refusal !== undefined || (this.isLoaded && !this.isReplaced && this.rows >= this.known);
  }

  get firstStep(): number | undefined {
    return this.#firstStep ?? this.points.firstStep;
  }

  get lastStep(): number | undefined {
    return this.points.lastStep;
  }

  /** The newest value, as it was logged. */
  get last(): number | undefined {
    return this.points.lastValue;
  }

  /** Takes a whole series that `rows` rows of the log have given. */
  takeWhole(points: ScalarPoints, rows: number): void {
    this.points = points;
    this.count = points.count;
    this.isLong = false;
    this.#firstStep = undefined;
    this.#taken(rows);
  }

  /** Takes the newest points of a long series, of which there are `count`. */
  takeLong(newest: ScalarPoints, rows: number, count: number, firstStep: number): void {
    this.points = newest;
    this.count = count;
    this.isLong = true;
    this.#firstStep = firstStep;
    this.#taken(rows);
  }

  /**
   * Takes rows that came live or were missing; the first of them has the number `start`. Nothing is taken of them if rows
   * before them are missing, or if one of them took the place of others.
   * @param kept how many points there are with them, if that is known
   */
  append(start: number, { steps, wallTimes, values }: ScalarRows, kept?: number): void {
    const end = start + steps.length;
    this.known = Math.max(this.known, end);
    if (!this.isLoaded || this.isReplaced || start > this.rows || end <= this.rows) return;
    for (let row = this.rows - start; row < steps.length; row++) {
      const last = this.points.lastStep;
      if (last !== undefined && steps[row]! <= last) {
        this.isReplaced = true;
        break;
      }
      this.points.push(steps[row]!, wallTimes[row]!, values[row]!);
      this.rows = start + row + 1;
      this.count++;
      if (this.isLong) for (const curve of this.curves) curve.extend(this.rows, steps[row]!, values[row]!);
    }
    if (kept !== undefined && this.rows === end && this.count !== kept) this.isReplaced = true;
    if (!this.isLong && this.count > 2 * MOST_WHOLE) this.#lengthen();
    if (this.isLong && this.points.count > TAIL.most) this.points.keepNewest(TAIL.least);
  }

  /**
   * The points that the rows after row `rows` have added; undefined if they are not held any more.
   */
  since(rows: number): { readonly from: number; readonly to: number } | undefined {
    const from = this.points.count - (this.rows - rows);
    return from < 0 ? undefined : { from, to: this.points.count };
  }

  /** The median of the finite values; undefined if there are none, and while it is not known. */
  get median(): number | undefined {
    if (this.#median?.of === this.count) return this.#median.value;
    if (!this.isLong) {
      this.takeMedian(medianOf(this.points.values));
      return this.#median?.value;
    }
    this.wantsMedian = true;
    this.ask();
    // That of a few points less is not far from it.
    return this.#median?.value;
  }

  /** How many rows of the log another one took the place of. */
  get replacedRows(): number {
    return Math.max(0, this.rows - this.count);
  }

  /** What a run had logged before it was resumed from an earlier step. None until they have come. */
  get earlier(): readonly PixelColumns[] {
    if (this.#earlier === undefined && this.isLoaded && !this.wantsEarlier) {
      this.wantsEarlier = true;
      this.ask();
    }
    return this.#earlier ?? [];
  }

  takeEarlier(branches: readonly PixelColumns[], leftOut: number): void {
    this.#earlier = branches;
    this.earlierLeftOut = leftOut;
    this.wantsEarlier = false;
  }

  /** The newest points, at least `least` of them if there are so many, or those that are held until more have come. */
  newest(least: number): ScalarPoints {
    const wanted = Math.min(least, this.count);
    if (this.isLong && this.points.count < wanted && this.#askedTail < wanted) {
      this.#askedTail = wanted;
      this.wantedTail = wanted;
      this.ask();
    }
    return this.points;
  }

  /** Takes points of which the newest are held already. */
  takeTail(tail: ScalarPoints): void {
    this.wantedTail = 0;
    const start = this.points.firstStep;
    if (!this.isLong || start === undefined || (tail.lastStep ?? Number.NEGATIVE_INFINITY) < start) return;
    const end = this.points.lastStep!;
    const whole = new ScalarPoints();
    const add = (points: ScalarPoints, from: number, to: number) => {
      for (let at = from; at <= to; at++) whole.push(points.step(at), points.wallTime(at), points.value(at));
    };
    // Rows that the tail has and the series lacks are still to come.
    add(tail, 0, tail.at(end));
    add(this.points, this.points.at(whole.lastStep!) + 1, this.points.count - 1);
    this.points = whole;
  }

  /** Whether there is a point at exactly this step; undefined while it is not known. */
  hasStep(step: number): boolean | undefined {
    const { points } = this;
    const isHeld = !this.isLong || step >= (points.firstStep ?? Number.POSITIVE_INFINITY);
    if (isHeld) return points.at(step) >= 0 && points.step(points.at(step)) === step;
    const known = this.#logged.get(step);
    if (known === undefined) {
      this.wantedStep = step;
      this.ask();
    }
    return known;
  }

  takeHasStep(step: number, isLogged: boolean): void {
    this.#logged.set(step, isLogged);
    if (this.wantedStep === step) this.wantedStep = undefined;
  }

  takeMedian(value: number | undefined): void {
    this.#median = { of: this.count, value };
    this.wantsMedian = false;
  }

  #taken(rows: number): void {
    this.rows = rows;
    this.known = Math.max(this.known, rows);
    this.isLoaded = true;
    this.isReplaced = false;
    this.refusal = undefined;
    this.#logged.clear();
    this.#askedTail = 0;
    this.#earlier = undefined;
    this.wantsEarlier = false;
    for (const curve of this.curves) curve.renew();
  }

  /** A series that has grown long is reduced where it is, without being fetched again. */
  #lengthen(): void {
    for (const curve of this.curves) curve.lengthen();
    this.#firstStep = this.points.firstStep;
    this.isLong = true;
  }
}
