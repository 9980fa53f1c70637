/** A scalar whose points are all held, along any axis. */
import type { PointSeries, XAxis } from '@convscope/shared/protocol/series.js';
import { Smoothing } from '@convscope/shared/smoothing.js';
import { lineAt, type NonFinite, type Part, PixelColumns, type Point } from './pixel-columns.js';
import { pointsOf } from './points-of.js';
import type { ScalarPoints } from './scalar-points.js';
import { type Extremes, extremesOf, type Look, type TrackReading, type WhichLine } from './track-look.js';

export class ExactLine {
  readonly points: ScalarPoints;
  /** In seconds: where relative time begins. */
  readonly #origin: number;
  #smoothed = new Float64Array(0);
  #smoothing: Smoothing | undefined;
  #weight = Number.NaN;
  /** How many values are smoothed. */
  #done = 0;

  constructor(sent: PointSeries, origin: number) {
    this.points = pointsOf(inOrderOfSteps(sent));
    this.#origin = origin;
  }

  extent({ x }: Look): Part | undefined {
    const { points } = this;
    if (points.count === 0) return undefined;
    if (x === 'step') return { first: points.step(0), last: points.step(points.count - 1) };
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < points.count; at++) {
      const place = this.#x(x, at);
      if (place < first) first = place;
      if (place > last) last = place;
    }
    return first <= last ? { first, last } : undefined;
  }

  line(which: WhichLine, look: Look): Point[] {
    const { x, weight, width, part } = look;
    const values = which === 'smoothed' ? this.#smoothedBy(weight) : this.points.values;
    const [from, to] = this.#range(look);
    if (to - from < 2 * width)
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => ({
        x: this.#x(x, from + k),
        y: lineAt(values[from + k]!),
      }));
    const columns = PixelColumns.over(part ?? { first: this.#x(x, from), last: this.#x(x, to) }, width);
    for (let at = from; at <= to; at++) columns.push(this.#x(x, at), values[at]!);
    return columns.outline();
  }

  /** The smoothed values of a part. */
  values({ x, weight, part }: Look): number[] {
    const isWithin = (place: number) => part === undefined || (place >= part.first && place <= part.last);
    return Array.from(this.#smoothedBy(weight)).filter((_, at) => isWithin(this.#x(x, at)));
  }

  nonFinite({ x, part }: Look): NonFinite[] {
    const found: NonFinite[] = [];
    for (let at = 0; at < this.points.count; at++) {
      const value = this.points.value(at);
      const place = this.#x(x, at);
      if (Number.isFinite(value) || (part !== undefined && (place < part.first || place > part.last)))
        continue;
      const [nan, plus] = [Number(Number.isNaN(value)), Number(value === Number.POSITIVE_INFINITY)];
      found.push({ x: place, nan, plus, minus: 1 - nan - plus });
    }
    return found;
  }

  nearest(place: number, { x, weight }: Look): TrackReading | undefined {
    const at = this.#nearestAt(place, x);
    if (at === undefined) return undefined;
    const { points } = this;
    return {
      x: this.#x(x, at),
      raw: points.value(at),
      smoothed: this.#smoothedBy(weight)[at]!,
      step: points.step(at),
      wallTime: points.wallTime(at),
    };
  }

  extremes({ x }: Look): Extremes | undefined {
    const { values } = this.points;
    return extremesOf(Array.from(values, (y, at) => ({ x: this.#x(x, at), y })));
  }

  #x(x: XAxis, at: number): number {
    if (x === 'step') return this.points.step(at);
    return x === 'wall' ? this.points.wallTime(at) : this.points.wallTime(at) - this.#origin;
  }

  /** The places of the points of a part, with one more on each side. */
  #range({ x, part }: Look): readonly [number, number] {
    const { points } = this;
    const last = points.count - 1;
    if (part === undefined) return [0, last];
    if (x === 'step') return [Math.max(0, points.at(part.first)), Math.min(last, points.at(part.last) + 1)];
    // Times of a log need not be in order.
    let [from, to, before] = [last + 1, -1, -1];
    for (let at = 0; at <= last; at++) {
      const place = this.#x(x, at);
      if (place < part.first) before = at;
      if (place < part.first || place > part.last) continue;
      from = Math.min(from, at);
      to = at;
    }
    if (to >= 0) return [Math.max(0, from - 1), Math.min(last, to + 1)];
    return [Math.max(0, before), Math.min(last, before + 1)];
  }

  #nearestAt(place: number, x: XAxis): number | undefined {
    const { points } = this;
    const { count } = points;
    if (count === 0) return undefined;
    if (x === 'step') {
      const at = points.at(place);
      if (at < 0) return 0;
      return at + 1 < count && points.step(at + 1) - place < place - points.step(at) ? at + 1 : at;
    }
    let best = 0;
    for (let at = 1; at < count; at++)
      if (Math.abs(this.#x(x, at) - place) < Math.abs(this.#x(x, best) - place)) best = at;
    return best;
  }

  #smoothedBy(weight: number): Float64Array {
    const { points } = this;
    const { count } = points;
    if (weight === 0) return points.values;
    if (this.#weight !== weight || this.#smoothing === undefined) {
      this.#smoothing = new Smoothing(weight);
      this.#weight = weight;
      this.#done = 0;
    }
    if (this.#smoothed.length < count) {
      const next = new Float64Array(Math.max(count, Math.ceil(this.#smoothed.length * 1.5)));
      next.set(this.#smoothed.subarray(0, this.#done));
      this.#smoothed = next;
    }
    for (; this.#done < count; this.#done++)
      this.#smoothed[this.#done] = this.#smoothing.next(points.value(this.#done));
    return this.#smoothed.subarray(0, count);
  }
}

/** Points along an axis of time are sent in order of time, which is that of steps unless a clock was changed. */
function inOrderOfSteps(sent: PointSeries): PointSeries {
  const { steps, wallTimes, values } = sent;
  if (steps.every((step, at) => at === 0 || step >= steps[at - 1]!)) return sent;
  const order = Array.from(steps.keys()).sort((a, b) => steps[a]! - steps[b]!);
  return {
    ...sent,
    steps: Float64Array.from(order, (at) => steps[at]!),
    wallTimes: Float64Array.from(order, (at) => wallTimes[at]!),
    values: Float64Array.from(order, (at) => values[at]!),
  };
}
