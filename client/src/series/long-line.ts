/**
 * The line of a long series: columns of pixels over all of it, finer ones over the part that is looked at, and single points
 * where somebody reads them. What is missing is named in `wants`; what is held is drawn until it comes.
 */
import { SERIES_LIMITS } from '@convscope/shared/protocol/series.js';
import type { Line, Reading, Which } from './line.js';
import type { NonFinite, Part, Point } from './pixel-columns.js';
import type { ScalarPoints } from './scalar-points.js';
import type { Stretch } from './stretch.js';

/** What a long line needs and does not hold. */
export interface Wants {
  /** Columns over the whole series. */
  readonly overview: boolean;
  /** Columns over a part; `last` is infinite if it ends with the newest point. */
  readonly detail: Look | undefined;
  /** Single points around a step. */
  readonly near: Part | undefined;
  /** The step whose reading is wanted. */
  readonly reading: number | undefined;
}

export interface Look {
  readonly part: Part;
  /** In pixels. */
  readonly width: number;
}

/** What the line needs to know of its series. */
export interface Growth {
  readonly rows: number;
  readonly count: number;
  /** The newest points. */
  readonly points: ScalarPoints;
  /** The places in `points` of what the rows after row `rows` have added; undefined if that is not held any more. */
  since(rows: number): { readonly from: number; readonly to: number } | undefined;
}

/** How much wider than a pixel a column may be. */
const COARSEST = 1.5;
/** How much more than what is looked at is fetched, on each side, so that a drag does not come to its end at once. */
const BESIDE = 0.25;
const KEPT_READINGS = 256;
/** How many points around a step are fetched, about, to go from one to the next. */
const NEAR_POINTS = 512;

export class LongLine implements Line {
  readonly #series: Growth;
  #overview: Stretch | undefined;
  #detail: Stretch | undefined;
  /** All points around a step that somebody walks from. */
  #near: Stretch | undefined;
  #wantsOverview = true;
  #wantedDetail: Look | undefined;
  #wantedNear: Part | undefined;
  #wantedReading: number | undefined;
  /** By the step that was asked for, the newest last. */
  readonly #readings = new Map<number, Reading | undefined>();

  constructor(series: Growth) {
    this.#series = series;
  }

  get isReady(): boolean {
    return this.#overview !== undefined;
  }

  get wants(): Wants {
    return {
      overview: this.#wantsOverview,
      detail: this.#wantedDetail,
      near: this.#wantedNear,
      reading: this.#wantedReading,
    };
  }

  /** All of it is fetched again, since the log says something else by now. It is drawn meanwhile. */
  renew(): void {
    this.#wantsOverview = true;
    this.#readings.clear();
  }

  takeOverview(overview: Stretch): void {
    if (!this.#catchUp(overview)) return;
    this.#overview = overview;
    this.#detail = undefined;
    this.#near = undefined;
    this.#wantsOverview = false;
  }

  takeDetail(detail: Stretch): void {
    if (!this.#catchUp(detail)) return;
    this.#detail = detail;
    const wanted = this.#wantedDetail;
    if (wanted !== undefined && detail.covers(wanted.part)) this.#wantedDetail = undefined;
  }

  takeNear(near: Stretch): void {
    this.#near = near;
    this.#wantedNear = undefined;
  }

  /** @param step the step that was asked for */
  takeReading(step: number, found: Reading | undefined): void {
    this.#readings.set(step, found);
    const oldest = this.#readings.keys().next();
    if (this.#readings.size > KEPT_READINGS && !oldest.done) this.#readings.delete(oldest.value);
    if (this.#wantedReading === step) this.#wantedReading = undefined;
  }

  /** Gives up what was asked for and cannot be had. */
  giveUp(): void {
    this.#wantsOverview = false;
    this.#wantedDetail = undefined;
    this.#wantedNear = undefined;
    this.#wantedReading = undefined;
  }

  /** Adds the newest point, with which there are `rows` rows of the log. */
  extend(rows: number, step: number, value: number): void {
    this.#overview?.extend(rows, step, value);
    this.#detail?.extend(rows, step, value);
    // Readings of this step and later ones are now of this point.
    for (const read of this.#readings.keys()) if (read >= step) this.#readings.delete(read);
  }

  look({ part, width }: Look): void {
    const overview = this.#overview;
    const extent = overview?.raw.extent;
    if (overview === undefined || extent === undefined) return;
    const detail = this.#detail?.covers(part) ? this.#detail : undefined;
    const widest = (COARSEST * (part.last - part.first)) / Math.max(1, width);
    const isEnough = ({ raw }: Stretch) => raw.pitch <= widest || raw.isExactIn(part);
    this.#wantedDetail = undefined;
    if (isEnough(detail ?? overview) || isEnough(overview)) return;
    const beside = (part.last - part.first) * BESIDE;
    const [first, last] = [part.first - beside, part.last + beside];
    this.#wantedDetail = {
      part: { first, last: last >= extent.last ? Number.POSITIVE_INFINITY : last },
      width: Math.max(1, Math.min(SERIES_LIMITS.width, Math.round(width * (1 + 2 * BESIDE)))),
    };
  }

  points(which: Which, part: Part | undefined): Point[] {
    const overview = this.#overview?.[which].points(part) ?? [];
    const detail = this.#detail;
    if (detail === undefined || part === undefined || !detail.overlaps(part)) return overview;
    const { first, last } = detail.part;
    const fine = detail[which].points(part).filter(({ x }) => x >= first && x <= last);
    return [...overview.filter(({ x }) => x < first), ...fine, ...overview.filter(({ x }) => x > last)];
  }

  readingAt(step: number): Reading | 'asked' | undefined {
    const { points, rows } = this.#series;
    const overview = this.#overview;
    const first = overview?.raw.extent?.first;
    const newest = points.lastStep;
    if (overview === undefined || first === undefined || newest === undefined || step < first)
      return undefined;
    if (step >= newest && overview.rows === rows)
      return { step: newest, raw: points.value(points.count - 1), smoothed: overview.newest };
    if (this.#readings.has(step)) return this.#readings.get(step);
    this.#wantedReading = step;
    return 'asked';
  }

  nearestStep(step: number): number | undefined {
    const { steps, at } = this.#stepsAround(step);
    const [below, above] = [steps[at], steps[at + 1]];
    if (below === undefined) return above;
    return above !== undefined && above - step < step - below ? above : below;
  }

  stepFrom(step: number, by: number): number | undefined {
    const { first, last } = this.#overview?.raw.extent ?? {};
    if (first === undefined || last === undefined) return undefined;
    if (by > 0 && step >= last) return last;
    if (by < 0 && step <= first) return first;
    const steps = this.#near?.raw.points().map(({ x }) => x) ?? [];
    const at = steps.findLastIndex((one) => one <= step);
    const [start, end] = [steps[0], steps.at(-1)];
    const found = at < 0 ? undefined : steps[at + by];
    if (found !== undefined) return found;
    // Walking beyond an end of the series leads to the end.
    if (by > 0 && end === last && start !== undefined && start <= step) return last;
    if (by < 0 && start === first && end !== undefined && step <= end) return first;
    const reach = (NEAR_POINTS * (last - first)) / Math.max(1, this.#series.count);
    this.#wantedNear = { first: step - reach, last: step + reach };
    return undefined;
  }

  neighbours(range: Part): Part[] {
    const stretch = this.#detail?.covers(range) ? this.#detail : this.#overview;
    return stretch?.raw.spaces(range) ?? [];
  }

  nonFinite(part: Part): NonFinite[] {
    const stretch = this.#detail?.covers(part) ? this.#detail : this.#overview;
    return stretch?.raw.nonFinite(part) ?? [];
  }

  get firstNonFinite(): number | undefined {
    return this.#overview?.raw.firstNonFinite;
  }

  /** The steps of what is drawn around a step, and the place of the last one at or before it. */
  #stepsAround(step: number): { readonly steps: readonly number[]; readonly at: number } {
    const steps = this.points('raw', { first: step, last: step }).map(({ x }) => x);
    return { steps, at: steps.findLastIndex((one) => one <= step) };
  }

  /** Adds the points that have come since the columns were made. Returns false if those are not held any more. */
  #catchUp(stretch: Stretch): boolean {
    const { points, rows } = this.#series;
    if (stretch.part.last !== Number.POSITIVE_INFINITY || stretch.rows >= rows) return true;
    const missing = this.#series.since(stretch.rows);
    if (missing === undefined) return false;
    for (let at = missing.from; at < missing.to; at++)
      stretch.extend(rows - (missing.to - 1 - at), points.step(at), points.value(at));
    return true;
  }
}
