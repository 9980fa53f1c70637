/**
 * A scalar of a run along any axis: all of its points while they are few, else columns of pixels with what can be seen of a
 * part that was zoomed into. It grows with the rows that come live.
 */
import type { PointSeries, Series as SentSeries, XAxis } from '@convscope/shared/protocol/series.js';
import { Smoothing } from '@convscope/shared/smoothing.js';
import { type NonFinite, type Part, PixelColumns, type Point } from './pixel-columns.js';
import { pointsOf } from './points-of.js';
import type { ScalarPoints } from './scalar-points.js';
import type { ScalarRows } from './series.js';
import { type Stretch, stretchOf } from './stretch.js';

/** A series of up to so many points is held as a whole, and becomes a long one when it has twice as many. */
export const MOST_EXACT = 2000;
/** Columns may be so many times as wide as a pixel before finer ones are asked for. */
const COARSEST = 1.25;
/** How much is asked for beside a part, as a share of it. */
const BESIDE = 0.25;

/** How a series is drawn. */
export interface Look {
  readonly x: XAxis;
  /** Of TensorBoard's smoothing, in [0, 1). */
  readonly weight: number;
  /** In pixels. */
  readonly width: number;
  /** The part that is zoomed into; undefined for all of it. */
  readonly part: Part | undefined;
}

/** What is to be asked for so that a series can be drawn. */
export interface TrackQuestion {
  readonly x: XAxis;
  readonly weight: number;
  readonly width: number;
  /** Undefined for the whole series. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Whether it is about what was replaced when a run was resumed. */
  readonly replaced: boolean;
}

export interface TrackReading {
  readonly x: number;
  readonly raw: number;
  readonly smoothed: number;
  /** Not known of a long series, whose columns say only where on the axis a value is. */
  readonly step: number | undefined;
  /** In seconds. */
  readonly wallTime: number | undefined;
}

export type WhichLine = 'raw' | 'smoothed';

export class Track {
  readonly run: string;
  readonly tag: string;
  /** Of the log that is held; −1 before anything has come. */
  generation = -1;
  /** How many rows of the log are in what is held, and how many are known to exist. */
  rows = 0;
  known = 0;
  /** Whether what is held must be fetched again, because a row took the place of others or rows were missed. */
  isStale = false;
  /** Why the hub does not give it. */
  refusal: string | undefined;
  /** Whether somebody wants what was logged before a restart. */
  wantsEarlier = false;
  #earlier:
    | { readonly x: XAxis; readonly load: number; readonly branches: readonly PixelColumns[] }
    | undefined;
  /** Points that were drawn since the last change. */
  #drawn: { readonly version: number; readonly points: Map<string, readonly Point[]> } = {
    version: 0,
    points: new Map(),
  };
  /** How often it was fetched as a whole: branches are added only then. */
  #load = 0;
  /** Grows with every change of what is drawn. */
  version = 0;
  /** In seconds: where relative time begins. */
  readonly #origin: number;
  #points: ScalarPoints | undefined;
  #smoothed = new Float64Array(0);
  #smoothing: Smoothing | undefined;
  #smoothedWeight = Number.NaN;
  #smoothedCount = 0;
  #long: { readonly question: TrackQuestion; readonly stretch: Stretch } | undefined;
  #detail: { readonly question: TrackQuestion; readonly stretch: Stretch } | undefined;
  #lastStep = Number.NEGATIVE_INFINITY;

  constructor(run: string, tag: string, origin: number) {
    this.run = run;
    this.tag = tag;
    this.#origin = origin;
  }

  get isLoaded(): boolean {
    return this.#points !== undefined || this.#long !== undefined;
  }

  /** Whether all points are held. */
  get isExact(): boolean {
    return this.#points !== undefined;
  }

  /** How many points there are, of which some may be drawn as one. */
  get count(): number {
    return this.#points?.count ?? this.#long?.stretch.raw.total ?? 0;
  }

  /** What has to be fetched to draw it so; undefined if nothing. */
  lacks(look: Look): TrackQuestion | undefined {
    if (this.refusal !== undefined) return undefined;
    const { x, weight, width, part } = look;
    const whole = { x, weight, width, from: undefined, to: undefined, replaced: false };
    if (!this.isLoaded || this.isStale) return whole;
    if (this.wantsEarlier) return { ...whole, weight: 0, replaced: true };
    if (this.#long === undefined) return undefined;
    const { question, stretch } = this.#long;
    if (question.x !== x || question.weight !== weight || question.width < width / 2) return whole;
    if (part === undefined) return undefined;
    const detail = this.#fits(look) ? this.#detail : undefined;
    const widest = (COARSEST * (part.last - part.first)) / Math.max(1, width);
    const isEnough = ({ raw }: Stretch) => raw.pitch <= widest || raw.isExactIn(part);
    if (isEnough(stretch) || (detail !== undefined && isEnough(detail.stretch))) return undefined;
    const beside = (part.last - part.first) * BESIDE;
    const last = stretch.raw.extent?.last ?? Number.POSITIVE_INFINITY;
    return {
      ...whole,
      width: Math.round(width * (1 + 2 * BESIDE)),
      from: part.first - beside,
      to: part.last + beside >= last ? undefined : part.last + beside,
    };
  }

  take(question: TrackQuestion, sent: SentSeries, generation: number): void {
    this.version++;
    if (question.from === undefined || generation !== this.generation) {
      this.generation = generation;
      this.#load++;
      this.rows = sent.rows;
      this.known = Math.max(this.known, sent.rows);
      this.isStale = this.rows < this.known;
      this.#lastStep = Number.NEGATIVE_INFINITY;
      this.#detail = undefined;
    }
    if (question.from === undefined && sent.kind === 'points') {
      this.#points = pointsOf(inOrderOfSteps(sent));
      this.#long = undefined;
      this.#smoothedWeight = Number.NaN;
      this.#lastStep = this.#points.lastStep ?? Number.NEGATIVE_INFINITY;
      return;
    }
    const goesOn = question.to === undefined;
    const stretch = stretchOf(sent, question.weight, question.width, goesOn, (points) =>
      this.#xsOf(points, question.x),
    );
    const held = { question, stretch };
    if (question.from !== undefined) {
      this.#detail = held;
      // Rows have come that it lacks.
      if (goesOn && sent.rows < this.rows) this.isStale = true;
      return;
    }
    this.#points = undefined;
    this.#long = held;
    if (question.x === 'step') this.#lastStep = sent.lastX;
  }

  /** There are so many rows. */
  expect(rows: number, generation: number): void {
    if (generation !== this.generation && this.isLoaded) this.isStale = true;
    this.known = generation === this.generation ? Math.max(this.known, rows) : rows;
    if (this.rows < this.known) this.isStale = true;
    this.refusal = undefined;
  }

  /** Takes rows that came live; the first of them has the number `start`. Returns whether that changed what is drawn. */
  append(start: number, generation: number, { steps, wallTimes, values }: ScalarRows): boolean {
    const end = start + steps.length;
    if (generation !== this.generation) {
      if (generation > this.generation && this.isLoaded) this.expect(end, generation);
      return false;
    }
    this.known = Math.max(this.known, end);
    if (!this.isLoaded || this.isStale || end <= this.rows) return false;
    if (start > this.rows) {
      this.isStale = true;
      return false;
    }
    for (let row = this.rows - start; row < steps.length; row++) {
      const step = steps[row]!;
      if (step <= this.#lastStep) {
        this.isStale = true;
        break;
      }
      this.#lastStep = step;
      this.rows = start + row + 1;
      this.#points?.push(step, wallTimes[row]!, values[row]!);
      for (const held of [this.#long, this.#detail])
        held?.stretch.extend(
          this.rows,
          held.question.x === 'step' ? step : this.#timeOf(wallTimes[row]!, held.question.x),
          values[row]!,
        );
    }
    if (this.#points !== undefined && this.#points.count > 2 * MOST_EXACT) this.isStale = true;
    this.version++;
    return true;
  }

  /** First and last place on the axis; undefined without points. */
  extent(look: Look): Part | undefined {
    const points = this.#points;
    if (points === undefined) return this.#longFor(look)?.stretch.raw.extent;
    if (points.count === 0) return undefined;
    if (look.x === 'step') return { first: points.step(0), last: points.step(points.count - 1) };
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < points.count; at++) {
      const x = this.#timeOf(points.wallTime(at), look.x);
      if (x < first) first = x;
      if (x > last) last = x;
    }
    return first <= last ? { first, last } : undefined;
  }

  /**
   * The points of the line in a part, with one before and one after it. If there are many more than pixels, of each column
   * of pixels the first, lowest, highest and last one.
   */
  points(which: WhichLine, look: Look): readonly Point[] {
    if (this.#drawn.version !== this.version) this.#drawn = { version: this.version, points: new Map() };
    const { x, weight, width, part } = look;
    const key = `${which} ${x} ${weight} ${width} ${part?.first} ${part?.last}`;
    let points = this.#drawn.points.get(key);
    if (points === undefined) {
      points = this.#pointsOf(which, look);
      this.#drawn.points.set(key, points);
    }
    return points;
  }

  #pointsOf(which: WhichLine, look: Look): Point[] {
    const points = this.#points;
    const { part, width } = look;
    if (points === undefined) return this.#longPoints(which, look);
    const values = which === 'smoothed' ? this.#smoothedBy(look.weight) : points.values;
    const [from, to] = this.#range(points, look);
    const xOf = this.#xOfPoints(points, look.x);
    if (to - from < 2 * width)
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => ({
        x: xOf(from + k),
        y: values[from + k]!,
      }));
    const whole = { first: xOf(from), last: xOf(to) };
    const columns = PixelColumns.over(part ?? whole, width);
    for (let at = from; at <= to; at++) columns.push(xOf(at), values[at]!);
    return columns.outline();
  }

  /** Values of a part that are not finite. */
  nonFinite(look: Look): NonFinite[] {
    const points = this.#points;
    const whole = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
    const part = look.part ?? whole;
    if (points === undefined) {
      const detail = this.#fits(look) ? this.#detail : undefined;
      return (detail ?? this.#longFor(look))?.stretch.raw.nonFinite(part) ?? [];
    }
    const xOf = this.#xOfPoints(points, look.x);
    const found: NonFinite[] = [];
    for (let at = 0; at < points.count; at++) {
      const value = points.value(at);
      const x = xOf(at);
      if (Number.isFinite(value) || x < part.first || x > part.last) continue;
      const [nan, plus] = [Number(Number.isNaN(value)), Number(value === Number.POSITIVE_INFINITY)];
      found.push({ x, nan, plus, minus: 1 - nan - plus });
    }
    return found;
  }

  /** The drawn point that is nearest to a place. */
  nearest(x: number, look: Look): TrackReading | undefined {
    const points = this.#points;
    if (points === undefined) {
      const raw = nearestOf(this.points('raw', look), x);
      const smoothed = look.weight === 0 ? raw : nearestOf(this.points('smoothed', look), raw?.x ?? x);
      if (raw === undefined) return undefined;
      const step = look.x === 'step' ? raw.x : undefined;
      const wallTime = look.x === 'wall' ? raw.x : undefined;
      return { x: raw.x, raw: raw.y, smoothed: smoothed?.y ?? raw.y, step, wallTime };
    }
    const at = this.#nearestAt(points, x, look.x);
    if (at === undefined) return undefined;
    return {
      x: this.#xOfPoints(points, look.x)(at),
      raw: points.value(at),
      smoothed: this.#smoothedBy(look.weight)[at]!,
      step: points.step(at),
      wallTime: points.wallTime(at),
    };
  }

  /** The lowest and highest finite value, and where they are. */
  extremes(look: Look): { readonly lowest: Point; readonly highest: Point } | undefined {
    const points = this.#points;
    let lowest: Point | undefined;
    let highest: Point | undefined;
    const see = (x: number, y: number) => {
      if (!Number.isFinite(y)) return;
      if (lowest === undefined || y < lowest.y) lowest = { x, y };
      if (highest === undefined || y > highest.y) highest = { x, y };
    };
    if (points === undefined) {
      for (const { x, y } of this.#longFor(look)?.stretch.raw.points() ?? []) see(x, y);
    } else {
      const xOf = this.#xOfPoints(points, look.x);
      for (let at = 0; at < points.count; at++) see(xOf(at), points.value(at));
    }
    return lowest === undefined || highest === undefined ? undefined : { lowest, highest };
  }

  /** What was logged before it was logged again, by branches; none until they have come. */
  earlier({ x, part }: Look): Point[][] {
    if (this.#earlier?.x !== x || this.#earlier.load !== this.#load) this.wantsEarlier = true;
    return this.#earlier?.x === x ? this.#earlier.branches.map((columns) => columns.points(part)) : [];
  }

  takeEarlier({ x, width }: TrackQuestion, branches: readonly SentSeries[]): void {
    const columns = branches.map(
      (branch) => stretchOf(branch, 0, width, false, (points) => this.#xsOf(points, x)).raw,
    );
    this.#earlier = { x, load: this.#load, branches: columns };
    this.wantsEarlier = false;
    this.version++;
  }

  #timeOf(wallTime: number, x: XAxis): number {
    return x === 'relative' ? wallTime - this.#origin : wallTime;
  }

  #xsOf({ steps, wallTimes }: { steps: Float64Array; wallTimes: Float64Array }, x: XAxis): Float64Array {
    return x === 'step' ? steps : wallTimes.map((time) => this.#timeOf(time, x));
  }

  #xOfPoints(points: ScalarPoints, x: XAxis): (at: number) => number {
    if (x === 'step') return (at) => points.step(at);
    return (at) => this.#timeOf(points.wallTime(at), x);
  }

  /** The places of the points of a part, with one more on each side. */
  #range(points: ScalarPoints, { x, part }: Look): readonly [number, number] {
    const last = points.count - 1;
    if (part === undefined) return [0, last];
    if (x === 'step') return [Math.max(0, points.at(part.first)), Math.min(last, points.at(part.last) + 1)];
    // Times of a log need not be in order.
    const xOf = this.#xOfPoints(points, x);
    let [from, to] = [last + 1, -1];
    for (let at = 0; at <= last; at++) {
      if (xOf(at) < part.first || xOf(at) > part.last) continue;
      from = Math.min(from, at);
      to = at;
    }
    if (to >= 0) return [Math.max(0, from - 1), Math.min(last, to + 1)];
    const before = Array.from({ length: last + 1 }, (_, at) => at).findLastIndex(
      (at) => xOf(at) < part.first,
    );
    return [Math.max(0, before), Math.min(last, before + 1)];
  }

  #nearestAt(points: ScalarPoints, x: number, axis: XAxis): number | undefined {
    const { count } = points;
    if (count === 0) return undefined;
    if (axis === 'step') {
      const at = points.at(x);
      if (at < 0) return 0;
      return at + 1 < count && points.step(at + 1) - x < x - points.step(at) ? at + 1 : at;
    }
    const xOf = this.#xOfPoints(points, axis);
    let best = 0;
    for (let at = 1; at < count; at++) if (Math.abs(xOf(at) - x) < Math.abs(xOf(best) - x)) best = at;
    return best;
  }

  #smoothedBy(weight: number): Float64Array {
    const points = this.#points!;
    const { count } = points;
    if (weight === 0) return points.values;
    if (this.#smoothedWeight !== weight || this.#smoothing === undefined) {
      this.#smoothing = new Smoothing(weight);
      this.#smoothedWeight = weight;
      this.#smoothedCount = 0;
    }
    if (this.#smoothed.length < count) {
      const next = new Float64Array(Math.max(count, Math.ceil(this.#smoothed.length * 1.5)));
      next.set(this.#smoothed.subarray(0, this.#smoothedCount));
      this.#smoothed = next;
    }
    for (; this.#smoothedCount < count; this.#smoothedCount++)
      this.#smoothed[this.#smoothedCount] = this.#smoothing.next(points.value(this.#smoothedCount));
    return this.#smoothed.subarray(0, count);
  }

  /** Columns of another smoothing are drawn until those that were asked for have come, but not those of another axis. */
  #longFor({ x }: Look) {
    return this.#long?.question.x === x ? this.#long : undefined;
  }

  /** Whether finer columns are held of the part. */
  #fits({ x, weight, part }: Look): boolean {
    const held = this.#detail;
    if (held === undefined || part === undefined) return false;
    return held.question.x === x && held.question.weight === weight && held.stretch.covers(part);
  }

  #longPoints(which: WhichLine, look: Look): Point[] {
    const stretch = (this.#fits(look) ? this.#detail : this.#longFor(look))?.stretch;
    return stretch?.[which].outline(look.part) ?? [];
  }
}

/** Points along an axis of time are sent in order of time, which is that of steps unless a clock was changed. */
function inOrderOfSteps(sent: PointSeries): PointSeries {
  const { steps, wallTimes, values } = sent;
  const isAscending = steps.every((step, at) => at === 0 || step >= steps[at - 1]!);
  if (isAscending) return sent;
  const order = Array.from(steps.keys()).sort((a, b) => steps[a]! - steps[b]!);
  return {
    ...sent,
    steps: Float64Array.from(order, (at) => steps[at]!),
    wallTimes: Float64Array.from(order, (at) => wallTimes[at]!),
    values: Float64Array.from(order, (at) => values[at]!),
  };
}

/** The point nearest to a place, of points in order of x. Breaks in the line are no points. */
export function nearestOf(points: readonly Point[], x: number): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x <= x) low = middle + 1;
    else high = middle;
  }
  let below = low - 1;
  while (below >= 0 && Number.isNaN(points[below]!.y)) below--;
  let above = low;
  while (above < points.length && Number.isNaN(points[above]!.y)) above++;
  const [before, after] = [points[below], points[above]];
  if (before === undefined) return after;
  return after !== undefined && after.x - x < x - before.x ? after : before;
}
