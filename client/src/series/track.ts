/**
 * A scalar of a run along any axis: all of its points while they are few, else columns of pixels with what can be seen of a
 * part that was zoomed into. It grows with the rows that come live. One file, because everything that is drawn of a scalar
 * changes with one version.
 */
import type { Series as SentSeries, XAxis } from '@convscope/shared/protocol/series.js';
import { ExactLine } from './exact-line.js';
import { type LogHead, lackingHead, pointsWithHeads, withHead } from './log-heads.js';
import type { NonFinite, Part, PixelColumns, Point } from './pixel-columns.js';
import type { ScalarRows } from './series.js';
import { type Stretch, stretchOf } from './stretch.js';
import {
  type Extremes,
  extremesOf,
  type Look,
  nearestOf,
  type TrackReading,
  type WhichLine,
} from './track-look.js';

/** A series of up to so many points is held as a whole, and becomes a long one when it has twice as many. */
export const MOST_EXACT = 2000;
/** Columns may be so many times as wide as a pixel before finer ones are asked for. */
const COARSEST = 1.25;
/** How much is asked for beside a part, as a share of it. */
const BESIDE = 0.25;

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
  /** Whether it is about the beginning of the series, for a logarithmic axis. */
  readonly isHead?: true;
}

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
  /** How many older branches the hub has left out of those that have come. */
  earlierLeftOut = 0;
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
  /** All points, while they are few. */
  #exact: ExactLine | undefined;
  #long: { readonly question: TrackQuestion; readonly stretch: Stretch } | undefined;
  #detail: { readonly question: TrackQuestion; readonly stretch: Stretch } | undefined;
  /** Of `#long`, and of its axis and smoothing. */
  #heads: readonly LogHead[] = [];
  #lastStep = Number.NEGATIVE_INFINITY;

  constructor(run: string, tag: string, origin: number) {
    this.run = run;
    this.tag = tag;
    this.#origin = origin;
  }

  get isLoaded(): boolean {
    return this.#exact !== undefined || this.#long !== undefined;
  }

  /** Whether all points are held. */
  get isExact(): boolean {
    return this.#exact !== undefined;
  }

  /** How many points there are, of which some may be drawn as one. */
  get count(): number {
    return this.#exact?.points.count ?? this.#long?.stretch.raw.total ?? 0;
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
    if (look.isLog === true) {
      const head = lackingHead(stretch.raw, this.#heads);
      if (head !== undefined) return { ...whole, from: head.first, to: head.last, isHead: true };
    }
    if (part === undefined) return undefined;
    const detail = this.#detailFor(look);
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
      this.#heads = [];
    }
    if (question.from === undefined && sent.kind === 'points') {
      this.#exact = new ExactLine(sent, this.#origin);
      this.#long = undefined;
      this.#lastStep = this.#exact.points.lastStep ?? Number.NEGATIVE_INFINITY;
      return;
    }
    const goesOn = question.to === undefined;
    const stretch = stretchOf(sent, question.weight, question.width, goesOn, (points) =>
      this.#xsOf(points, question.x),
    );
    const held = { question, stretch };
    if (question.isHead === true && question.from !== undefined && question.to !== undefined) {
      const { raw, smoothed } = stretch;
      this.#heads = withHead(this.#heads, {
        part: { first: question.from, last: question.to },
        raw,
        smoothed,
      });
      return;
    }
    if (question.from !== undefined) {
      this.#detail = held;
      // Rows have come that it lacks.
      if (goesOn && sent.rows < this.rows) this.isStale = true;
      return;
    }
    this.#exact = undefined;
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
      this.#exact?.points.push(step, wallTimes[row]!, values[row]!);
      for (const held of [this.#long, this.#detail])
        held?.stretch.extend(
          this.rows,
          held.question.x === 'step' ? step : this.#timeOf(wallTimes[row]!, held.question.x),
          values[row]!,
        );
    }
    if (this.#exact !== undefined && this.count > 2 * MOST_EXACT) this.isStale = true;
    this.version++;
    return true;
  }

  /** First and last place on the axis; undefined without points. */
  extent(look: Look): Part | undefined {
    return this.#exact === undefined ? this.#longFor(look)?.stretch.raw.extent : this.#exact.extent(look);
  }

  /**
   * The points of the line in a part, with one before and one after it. If there are many more than pixels, of each column
   * of pixels the lowest and the highest one.
   */
  points(which: WhichLine, look: Look): readonly Point[] {
    if (this.#drawn.version !== this.version) this.#drawn = { version: this.version, points: new Map() };
    const { x, weight, width, part } = look;
    const key = `${which} ${x} ${weight} ${width} ${part?.first} ${part?.last} ${look.isLog}`;
    let points = this.#drawn.points.get(key);
    if (points === undefined) {
      points = this.#exact?.line(which, look) ?? this.#longLine(which, look);
      this.#drawn.points.set(key, points);
    }
    return points;
  }

  /** The smoothed values of a part, or of a long series a sample of them. */
  values(look: Look): number[] {
    if (this.#exact !== undefined) return this.#exact.values(look);
    const held = this.#detailFor(look) ?? this.#longFor(look);
    return held?.stretch.smoothed.samples(look.part) ?? [];
  }

  /** Values of a part that are not finite. */
  nonFinite(look: Look): NonFinite[] {
    if (this.#exact !== undefined) return this.#exact.nonFinite(look);
    const part = look.part ?? { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
    return (this.#detailFor(look) ?? this.#longFor(look))?.stretch.raw.nonFinite(part) ?? [];
  }

  /** The drawn point that is nearest to a place. */
  nearest(x: number, look: Look): TrackReading | undefined {
    if (this.#exact !== undefined) return this.#exact.nearest(x, look);
    const raw = nearestOf(this.points('raw', look), x);
    if (raw === undefined) return undefined;
    const smoothed = look.weight === 0 ? raw : nearestOf(this.points('smoothed', look), raw.x);
    const step = look.x === 'step' ? raw.x : undefined;
    const wallTime = look.x === 'wall' ? raw.x : undefined;
    return { x: raw.x, raw: raw.y, smoothed: smoothed?.y ?? raw.y, step, wallTime };
  }

  /** The lowest and highest finite value, and where they are. */
  extremes(look: Look): Extremes | undefined {
    if (this.#exact !== undefined) return this.#exact.extremes(look);
    return extremesOf(this.#longFor(look)?.stretch.raw.points() ?? []);
  }

  /** What was logged before it was logged again, by branches; none until they have come. */
  earlier({ x, part }: Look): Point[][] {
    if (this.#earlier?.x !== x || this.#earlier.load !== this.#load) this.wantsEarlier = true;
    return this.#earlier?.x === x ? this.#earlier.branches.map((columns) => columns.points(part)) : [];
  }

  takeEarlier({ x, width }: TrackQuestion, branches: readonly SentSeries[], leftOut: number): void {
    const columns = branches.map(
      (branch) => stretchOf(branch, 0, width, false, (points) => this.#xsOf(points, x)).raw,
    );
    this.#earlier = { x, load: this.#load, branches: columns };
    this.earlierLeftOut = leftOut;
    this.wantsEarlier = false;
    this.version++;
  }

  #timeOf(wallTime: number, x: XAxis): number {
    return x === 'relative' ? wallTime - this.#origin : wallTime;
  }

  #xsOf({ steps, wallTimes }: { steps: Float64Array; wallTimes: Float64Array }, x: XAxis): Float64Array {
    return x === 'step' ? steps : wallTimes.map((time) => this.#timeOf(time, x));
  }

  /** Columns of another smoothing are drawn until those that were asked for have come, but not those of another axis. */
  #longFor({ x }: Look) {
    return this.#long?.question.x === x ? this.#long : undefined;
  }

  /** Finer columns of the part, if they are held. */
  #detailFor({ x, weight, part }: Look) {
    const held = this.#detail;
    if (held === undefined || part === undefined || !held.stretch.covers(part)) return undefined;
    return held.question.x === x && held.question.weight === weight ? held : undefined;
  }

  #longLine(which: WhichLine, look: Look): Point[] {
    const detail = this.#detailFor(look);
    const long = this.#longFor(look);
    const points = (detail ?? long)?.stretch[which].outline(look.part) ?? [];
    const isFine = long?.question.weight === look.weight && detail === undefined && look.isLog === true;
    return isFine ? pointsWithHeads(points, this.#heads, which, look.part) : points;
  }
}
