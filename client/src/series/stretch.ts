/** Columns of a part of a long series, raw and smoothed, which grow with it. */
import type { ColumnExtremes, PointSeries, Series as SentSeries } from '@convscope/shared/protocol/series.js';
import { Smoothing } from '@convscope/shared/smoothing.js';
import { type Part, PixelColumns } from './pixel-columns.js';

export class Stretch {
  readonly raw: PixelColumns;
  /** The same columns as `raw`, if the curve is not smoothed. */
  readonly smoothed: PixelColumns;
  /** The range that the columns are of; `last` is infinite if they go on with the newest point. */
  readonly part: Part;
  /** How many rows of the log are in them. */
  rows: number;
  /** The newest smoothed value. */
  newest: number;
  readonly #smoothing: Smoothing | undefined;

  /** @param smoothing goes on after the last point; undefined if the columns do not */
  constructor(
    raw: PixelColumns,
    smoothed: PixelColumns,
    part: Part,
    rows: number,
    smoothing: Smoothing | undefined,
  ) {
    this.raw = raw;
    this.smoothed = smoothed;
    this.part = part;
    this.rows = rows;
    this.newest = smoothed.newest;
    this.#smoothing = smoothing;
  }

  /** Adds a point, with which `rows` rows of the log are in the columns. */
  extend(rows: number, step: number, value: number): void {
    if (this.#smoothing === undefined || rows <= this.rows) return;
    this.rows = rows;
    this.newest = this.#smoothing.next(value);
    this.raw.push(step, value);
    if (this.smoothed !== this.raw) this.smoothed.push(step, this.newest);
  }

  covers({ first, last }: Part): boolean {
    return this.part.first <= first && last <= this.part.last;
  }

  overlaps({ first, last }: Part): boolean {
    return this.part.first <= last && first <= this.part.last;
  }
}

/** The places of points on an axis. */
export type XsOf = (points: PointSeries) => Float64Array;
const stepsOf: XsOf = ({ steps }) => steps;

/**
 * The columns of an answer.
 * @param width how many columns were asked for
 * @param goesOn whether they reach to the end of the series
 * @param xsOf places of points, for another axis than that of steps
 */
export function stretchOf(
  sent: SentSeries,
  weight: number,
  width: number,
  goesOn: boolean,
  xsOf = stepsOf,
): Stretch {
  const { from, to, rows, smoothing } = sent;
  const empty = () => PixelColumns.over({ first: from, last: to }, width);
  const raw = empty();
  fill(raw, sent, 'raw', xsOf);
  const isSmoothed = sent.smoothed !== undefined && weight > 0;
  const smoothed = isSmoothed ? empty() : raw;
  if (isSmoothed) fill(smoothed, sent, 'smoothed', xsOf);
  const part = { first: from, last: goesOn ? Number.POSITIVE_INFINITY : to };
  const average = goesOn ? new Smoothing(weight, smoothing) : undefined;
  return new Stretch(raw, smoothed, part, rows, average);
}

function fill(columns: PixelColumns, sent: SentSeries, which: 'raw' | 'smoothed', xsOf: XsOf): void {
  if (sent.kind === 'points') {
    const values = (which === 'smoothed' ? sent.smoothed : undefined) ?? sent.values;
    const xs = xsOf(sent);
    for (let at = 0; at < values.length; at++) columns.addPoint(xs[at]!, values[at]!);
    return;
  }
  const { first, min, max, last }: ColumnExtremes =
    (which === 'smoothed' ? sent.smoothed : undefined) ?? sent.raw;
  for (let at = 0; at < sent.count.length; at++) {
    const [nan, plus, minus] = [sent.nan[at]!, sent.positive[at]!, sent.negative[at]!];
    const count = sent.count[at]! - nan - plus - minus;
    columns.add({
      ...{ count, nan, plus, minus },
      // It is not said where in the column they are.
      markX: count > 0 ? last.x[at]! : first.x[at]!,
      ...{ firstX: first.x[at]!, first: first.y[at]!, minX: min.x[at]!, min: min.y[at]! },
      ...{ maxX: max.x[at]!, max: max.y[at]!, lastX: last.x[at]!, last: last.y[at]! },
    });
  }
}
