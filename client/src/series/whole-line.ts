/** The line of a series whose points are all held. */
import { Smoothing } from '@convscope/shared/smoothing.js';
import type { Line, Reading, Which } from './line.js';
import { lineAt, type NonFinite, type Part, PixelColumns, type Point } from './pixel-columns.js';
import type { ScalarPoints } from './scalar-points.js';
import { Stretch } from './stretch.js';

/** Beyond so many points, columns of pixels are drawn in their place. */
const MOST_DRAWN = 2048;
const COLUMNS = 1024;

export class WholeLine implements Line {
  readonly #points: ScalarPoints;
  readonly #weight: number;
  readonly #smoothing: Smoothing;
  /** Empty if the curve is not smoothed. */
  #smoothed = new Float64Array(0);
  /** How many points have been looked at. */
  #taken = 0;
  #firstNonFinite: number | undefined;

  constructor(points: ScalarPoints, weight: number) {
    this.#points = points;
    this.#weight = weight;
    this.#smoothing = new Smoothing(weight);
  }

  points(which: Which, part: Part | undefined): Point[] {
    const values = this.#valuesOf(which);
    const { count } = this.#points;
    const from = part === undefined ? 0 : Math.max(0, this.#points.at(part.first));
    const to = part === undefined ? count - 1 : Math.min(count - 1, this.#points.at(part.last) + 1);
    if (to - from < MOST_DRAWN)
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => ({
        x: this.#points.step(from + k),
        y: lineAt(values[from + k]!),
      }));
    return this.#columns(values, from, to, COLUMNS).points();
  }

  readingAt(step: number): Reading | undefined {
    const at = this.#points.at(step);
    if (at < 0) return undefined;
    const smoothed = this.#valuesOf('smoothed')[at]!;
    return { step: this.#points.step(at), raw: this.#points.value(at), smoothed };
  }

  nearestStep(step: number): number | undefined {
    const { count } = this.#points;
    const at = this.#points.at(step);
    const below = at < 0 ? undefined : this.#points.step(at);
    const above = at + 1 < count ? this.#points.step(at + 1) : undefined;
    if (below === undefined) return above;
    return above !== undefined && above - step < step - below ? above : below;
  }

  stepFrom(step: number, by: number): number | undefined {
    const { count } = this.#points;
    if (count === 0) return undefined;
    return this.#points.step(Math.max(0, Math.min(count - 1, this.#points.at(step) + by)));
  }

  neighbours(range: Part): Part[] {
    const found: Part[] = [];
    for (let at = Math.max(0, this.#points.at(range.first)); at + 1 < this.#points.count; at++) {
      const [first, last] = [this.#points.step(at), this.#points.step(at + 1)];
      if (first >= range.last) break;
      if (last > range.first) found.push({ first, last });
    }
    return found;
  }

  nonFinite(part: Part): NonFinite[] {
    const to = this.#points.at(part.last);
    const from = Math.max(0, this.#points.at(part.first));
    const { values } = this.#points;
    return this.#columns(values, from, to, COLUMNS).nonFinite(part);
  }

  get firstNonFinite(): number | undefined {
    this.#sync();
    return this.#firstNonFinite;
  }

  /** Columns of pixels in the place of the points, for a series that becomes long. */
  toStretch(rows: number): Stretch {
    const last = this.#points.count - 1;
    const raw = this.#columns(this.#points.values, 0, last, COLUMNS);
    const smoothed = this.#weight === 0 ? raw : this.#columns(this.#valuesOf('smoothed'), 0, last, COLUMNS);
    const part = { first: this.#points.step(0), last: Number.POSITIVE_INFINITY };
    return new Stretch(raw, smoothed, part, rows, new Smoothing(this.#weight, this.#smoothing.state));
  }

  #columns(values: Float64Array, from: number, to: number, width: number): PixelColumns {
    if (to < from) return new PixelColumns(0, 1, width);
    const part = { first: this.#points.step(from), last: this.#points.step(to) };
    const columns = PixelColumns.over(part, width);
    for (let at = from; at <= to; at++) columns.push(this.#points.step(at), values[at]!);
    return columns;
  }

  #valuesOf(which: Which): Float64Array {
    this.#sync();
    if (which === 'raw' || this.#weight === 0) return this.#points.values;
    return this.#smoothed;
  }

  /** Takes what the series has got since. */
  #sync(): void {
    const { count } = this.#points;
    if (this.#taken === count) return;
    if (this.#weight > 0 && count > this.#smoothed.length) {
      const next = new Float64Array(Math.max(count, Math.ceil(this.#smoothed.length * 1.5)));
      next.set(this.#smoothed);
      this.#smoothed = next;
    }
    for (let at = this.#taken; at < count; at++) {
      const value = this.#points.value(at);
      const smoothed = this.#smoothing.next(value);
      if (this.#weight > 0) this.#smoothed[at] = smoothed;
      if (!Number.isFinite(value)) this.#firstNonFinite ??= this.#points.step(at);
    }
    this.#taken = count;
  }
}
