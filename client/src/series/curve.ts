/**
 * A scalar of a run for drawing: raw and smoothed, in order of steps, with one value for each step. A value that was
 * logged again, by a run that was resumed from an earlier step, takes the place of the older one. A curve follows its
 * column row by row.
 */
import type { GapSummary } from '@convscope/shared/protocol/live.js';
import type { ScalarColumn } from './columns.js';
import { MinMaxBuckets, type Point } from './min-max-buckets.js';
import { DebiasedAverage } from './smoothing.js';

/** A range of steps, inclusive at both ends. */
export interface Part {
  readonly first: number;
  readonly last: number;
}

/** A part of the log that is damaged, and the nearest known steps. */
export type Gap = Pick<GapSummary, 'afterStep' | 'beforeStep'>;

/** A logged value, with the step that it was logged at. */
export interface Reading {
  readonly step: number;
  readonly raw: number;
  readonly smoothed: number;
}

export class Curve {
  readonly #column: ScalarColumn;
  readonly #weight: number;
  #taken = 0;
  #steps: number[] = [];
  #values: number[] = [];
  #smoothed: number[] = [];
  #average: DebiasedAverage;
  #raw = new MinMaxBuckets();
  #smooth = new MinMaxBuckets();
  /** The first step whose value is NaN or infinite. */
  firstNonFinite: number | undefined;

  constructor(column: ScalarColumn, weight: number) {
    this.#column = column;
    this.#weight = weight;
    this.#average = new DebiasedAverage(weight);
    this.sync();
  }

  get weight(): number {
    return this.#weight;
  }

  follows(column: ScalarColumn): boolean {
    return this.#column === column;
  }

  get length(): number {
    return this.#steps.length;
  }

  /** First and last step; undefined without points. */
  get extent(): Part | undefined {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /** Reads the new rows of the column. Returns true if there were any. */
  sync(): boolean {
    const { rows } = this.#column;
    if (this.#taken === rows) return false;
    for (let row = this.#taken; row < rows; row++) {
      const step = this.#column.step(row);
      if (this.#steps.length > 0 && step <= this.#steps.at(-1)!) {
        this.#rebuild(rows);
        break;
      }
      this.#push(step, this.#column.value(row));
    }
    this.#taken = rows;
    return true;
  }

  /** All values or, if there are too many to draw, the lowest and highest of neighbouring ones. */
  raw(part?: Part): Point[] {
    return part === undefined ? this.#raw.points() : this.#pointsIn(part, this.#values);
  }

  smoothed(part?: Part): Point[] {
    return part === undefined ? this.#smooth.points() : this.#pointsIn(part, this.#smoothed);
  }

  /** The points in a range, plus one before and one after it for the line. */
  #pointsIn({ first, last }: Part, values: readonly number[]): Point[] {
    const from = Math.max(0, this.#indexAt(first));
    const to = Math.min(values.length - 1, this.#indexAt(last) + 1);
    const buckets = new MinMaxBuckets();
    for (let at = from; at <= to; at++) buckets.push(this.#steps[at]!, values[at]!);
    return buckets.points();
  }

  /**
   * The newest point at or before a step, of all rows that the column has by now. Undefined before the first point, and
   * where the log has lost what there was.
   */
  readingAt(step: number, gaps: readonly Gap[] = []): Reading | undefined {
    this.sync();
    const at = this.#indexAt(step);
    const found = this.#steps[at];
    if (found === undefined) return undefined;
    const isLost = gaps.some(
      ({ afterStep, beforeStep }) =>
        afterStep !== null &&
        beforeStep !== null &&
        found !== step &&
        found <= afterStep &&
        afterStep <= step &&
        step <= beforeStep,
    );
    return isLost ? undefined : { step: found, raw: this.#values[at]!, smoothed: this.#smoothed[at]! };
  }

  /** The step of the point nearest to `step`. */
  nearestStep(step: number): number | undefined {
    const at = this.#indexAt(step);
    const [below, above] = [this.#steps[at], this.#steps[at + 1]];
    if (below === undefined) return above;
    return above !== undefined && above - step < step - below ? above : below;
  }

  /** The step of the point that is `by` points after the one at or before `step`; at the ends, the first or last. */
  stepFrom(step: number, by: number): number | undefined {
    const at = this.#indexAt(step) + by;
    return this.#steps[Math.max(0, Math.min(this.#steps.length - 1, at))];
  }

  /** Where the log has lost points of the curve: between two neighbouring points that are not neighbouring steps. */
  breaks(gaps: readonly Gap[]): Part[] {
    return gaps.flatMap(({ afterStep, beforeStep }) => {
      if (afterStep === null || beforeStep === null) return [];
      const found: Part[] = [];
      for (let at = Math.max(0, this.#indexAt(afterStep)); at + 1 < this.#steps.length; at++) {
        const [first, last] = [this.#steps[at]!, this.#steps[at + 1]!];
        if (first >= beforeStep) break;
        if (last > afterStep && last - first > 1) found.push({ first, last });
      }
      return found;
    });
  }

  get firstStep(): number | undefined {
    return this.#steps[0];
  }

  get lastStep(): number | undefined {
    return this.#steps.at(-1);
  }

  #push(step: number, value: number): void {
    const smoothed = this.#average.next(value);
    this.#steps.push(step);
    this.#values.push(value);
    this.#smoothed.push(smoothed);
    this.#raw.push(step, value);
    this.#smooth.push(step, smoothed);
    if (!Number.isFinite(value)) this.firstNonFinite ??= step;
  }

  /** Sorts the rows by step after some arrived out of order (a resumed run, several files). The last of a step counts. */
  #rebuild(rows: number): void {
    const order = Array.from({ length: rows }, (_, row) => row).sort(
      (a, b) => this.#column.step(a) - this.#column.step(b) || a - b,
    );
    this.#steps = [];
    this.#values = [];
    this.#smoothed = [];
    this.#average = new DebiasedAverage(this.#weight);
    this.#raw = new MinMaxBuckets();
    this.#smooth = new MinMaxBuckets();
    this.firstNonFinite = undefined;
    for (const [at, row] of order.entries()) {
      const step = this.#column.step(row);
      const next = order[at + 1];
      if (next === undefined || this.#column.step(next) !== step) this.#push(step, this.#column.value(row));
    }
  }

  #indexAt(step: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#steps[middle]! <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Breaks a line of points where its curve is broken. */
export function withBreaks(points: readonly Point[], breaks: readonly Part[]): readonly Point[] {
  if (breaks.length === 0) return points;
  const nothing = breaks.map(({ first, last }) => ({ x: (first + last) / 2, y: Number.NaN }));
  return [...points, ...nothing].sort((a, b) => a.x - b.x);
}
