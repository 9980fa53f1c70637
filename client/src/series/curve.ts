/**
 * A scalar of a run for drawing: raw and smoothed, in order of steps, with one value for each step. It grows with its series,
 * whether that is held as a whole or, if it is long, as columns of pixels.
 */
import type { GapSummary } from '@convscope/shared/protocol/live.js';
import type { Reading } from './line.js';
import { type Growth, LongLine, type Look, type Wants } from './long-line.js';
import type { NonFinite, Part, Point } from './pixel-columns.js';
import type { Stretch } from './stretch.js';
import { WholeLine } from './whole-line.js';

/** A part of the log that is damaged, and the nearest known steps. */
export type Gap = Pick<GapSummary, 'afterStep' | 'beforeStep'>;

/** What a curve needs to know of its series. */
export interface CurveSeries extends Growth {
  readonly isLong: boolean;
  readonly firstStep: number | undefined;
  readonly lastStep: number | undefined;
  /** Called when the curve wants something that is not held. */
  ask(isLook?: boolean): void;
}

const NOTHING: Wants = { overview: false, detail: undefined, near: undefined, reading: undefined };

export class Curve {
  readonly weight: number;
  readonly #series: CurveSeries;
  #line: WholeLine | LongLine;
  /** The last reading that was given. */
  #read: Reading | undefined;

  constructor(series: CurveSeries, weight: number) {
    this.#series = series;
    this.weight = weight;
    this.#line = this.#newLine();
  }

  /** Whether there is anything to draw. */
  get isReady(): boolean {
    return this.#line instanceof LongLine ? this.#line.isReady : this.length > 0;
  }

  /** How many points there are. */
  get length(): number {
    return this.#series.count;
  }

  /** First and last step; undefined without points. */
  get extent(): Part | undefined {
    const { firstStep: first, lastStep: last } = this.#series;
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /** The first step whose value is NaN or infinite, as far as it is known. */
  get firstNonFinite(): number | undefined {
    return this.#line.firstNonFinite;
  }

  /** The newest point. */
  get newest(): Reading | undefined {
    const { lastStep } = this.#series;
    const found = lastStep === undefined ? undefined : this.#line.readingAt(lastStep);
    return found === 'asked' ? undefined : found;
  }

  /** What is not held of a long series and has to be fetched. */
  get wants(): Wants {
    return this.#line instanceof LongLine ? this.#line.wants : NOTHING;
  }

  /** All values or, if there are too many to draw, those that are the first, lowest, highest and last of a column. */
  raw(part?: Part): Point[] {
    return this.#line.points('raw', part);
  }

  smoothed(part?: Part): Point[] {
    return this.#line.points(this.weight === 0 ? 'raw' : 'smoothed', part);
  }

  /** Says that this part is drawn, at this width in pixels. If more can be seen of it than is held, it is fetched. */
  look(part: Part, width: number): void {
    if (!(this.#line instanceof LongLine)) return;
    const before = this.#line.wants.detail;
    this.#line.look({ part, width });
    const { detail } = this.#line.wants;
    if (detail !== undefined && !isSameLook(before, detail)) this.#series.ask(true);
  }

  /**
   * The newest point at or before a step. Undefined before the first point, and where the log has lost what there was.
   * While the point is being fetched, the one that was read before, which says its own step.
   */
  readingAt(step: number, gaps: readonly Gap[] = []): Reading | undefined {
    const found = this.#line.readingAt(step);
    if (found === 'asked') {
      this.#series.ask();
      return this.#read;
    }
    this.#read = found;
    const isLost =
      found !== undefined &&
      gaps.some(
        ({ afterStep, beforeStep }) =>
          afterStep !== null &&
          beforeStep !== null &&
          found.step !== step &&
          found.step <= afterStep &&
          afterStep <= step &&
          step <= beforeStep,
      );
    return isLost ? undefined : found;
  }

  /** Whether the newest point at or before a step is being fetched. */
  isAsked(step: number): boolean {
    return this.#line.readingAt(step) === 'asked';
  }

  /** The step of the point nearest to `step`, of those that are drawn. */
  nearestStep(step: number): number | undefined {
    return this.#line.nearestStep(step);
  }

  /**
   * The step of the point that is `by` points after the one at or before `step`; at the ends, the first or last. Undefined
   * while it is being fetched.
   */
  stepFrom(step: number, by: number): number | undefined {
    const found = this.#line.stepFrom(step, by);
    if (found === undefined && this.wants.near !== undefined) this.#series.ask();
    return found;
  }

  /** Where the log has lost points of the curve: between two neighbouring points that are not neighbouring steps. */
  breaks(gaps: readonly Gap[]): Part[] {
    return gaps.flatMap(({ afterStep, beforeStep }) => {
      if (afterStep === null || beforeStep === null) return [];
      const around = this.#line.neighbours({ first: afterStep, last: beforeStep });
      return around.filter(({ first, last }) => last - first > 1);
    });
  }

  /** The values of a part that are not finite. */
  nonFinite(part: Part): NonFinite[] {
    return this.#line.nonFinite(part);
  }

  /** The series has been fetched as a whole, again or for the first time. */
  renew(): void {
    if (this.#series.isLong && this.#line instanceof LongLine) this.#line.renew();
    else this.#line = this.#newLine();
  }

  /** The series is about to keep its newest points only. */
  lengthen(): void {
    if (!(this.#line instanceof WholeLine)) return;
    const stretch = this.#line.toStretch(this.#series.rows);
    this.#line = new LongLine(this.#series);
    this.#line.takeOverview(stretch);
  }

  extend(rows: number, step: number, value: number): void {
    if (this.#line instanceof LongLine) this.#line.extend(rows, step, value);
  }

  takeOverview(stretch: Stretch): void {
    if (this.#line instanceof LongLine) this.#line.takeOverview(stretch);
  }

  takeDetail(stretch: Stretch): void {
    if (this.#line instanceof LongLine) this.#line.takeDetail(stretch);
  }

  takeNear(stretch: Stretch): void {
    if (this.#line instanceof LongLine) this.#line.takeNear(stretch);
  }

  takeReading(step: number, found: Reading | undefined): void {
    if (this.#line instanceof LongLine) this.#line.takeReading(step, found);
  }

  giveUp(): void {
    if (this.#line instanceof LongLine) this.#line.giveUp();
  }

  #newLine(): WholeLine | LongLine {
    const { isLong, points } = this.#series;
    return isLong ? new LongLine(this.#series) : new WholeLine(points, this.weight);
  }
}

function isSameLook(a: Look | undefined, b: Look): boolean {
  return (
    a !== undefined && a.width === b.width && a.part.first === b.part.first && a.part.last === b.part.last
  );
}

/** Breaks a line of points where its curve is broken. */
export function withBreaks(points: readonly Point[], breaks: readonly Part[]): readonly Point[] {
  if (breaks.length === 0) return points;
  const nothing = breaks.map(({ first, last }) => ({ x: (first + last) / 2, y: Number.NaN }));
  return [...points, ...nothing].sort((a, b) => a.x - b.x);
}
