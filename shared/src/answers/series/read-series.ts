import { BLOCK_ROWS } from '../../log-index/scalar-blocks.js';
import { extremesOf, outlineOf } from '../../protocol/column-outline.js';
import type { Series, SeriesRequest, XAxis } from '../../protocol/series.js';
import { Smoothing } from '../../smoothing.js';
import { type AxisFacts, axisFacts, ROWS_AT_ONCE } from './axis-facts.js';
import { ExactPoints, type Points } from './exact-points.js';
import { liveRanges } from './live-ranges.js';
import { PixelColumns, type Range } from './pixel-columns.js';
import { type RowWindow, sortedWindow, unsortedWindow, xsOf } from './row-window.js';
import type { RowRange, Scalars } from './scalars.js';

/** How a request wants to see a series. */
export type Shown = Pick<
  SeriesRequest,
  'x' | 'from' | 'to' | 'width' | 'points' | 'smoothing' | 'replaced' | 'outline'
>;

/** Where x begins and ends over all series of a tag, for requests that name no range. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** A series of a request: its run and tag by their places in the answer, and where relative time begins, else 0. */
export interface Asked {
  readonly run: number;
  readonly tag: number;
  readonly scalars: Scalars;
  readonly origin: number;
}

/** Where x begins and ends over several series, with all that was replaced where that is shown. Without points, an extent of no length. */
export function* extentOf(
  series: readonly Asked[],
  { x, replaced }: Pick<Shown, 'x' | 'replaced'>,
): Generator<void, Extent> {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { scalars, origin } of series) {
    const isWhole = replaced && scalars.replaced.length > 0;
    const axis = isWhole ? yield* extremesOfAll(scalars, x) : yield* axisFacts(scalars, x);
    from = Math.min(from, axis.lowest - origin);
    to = Math.max(to, axis.highest - origin);
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}

/** The lowest and highest x of all rows, replaced or not. */
function* extremesOfAll(scalars: Scalars, x: XAxis): Generator<void, Pick<AxisFacts, 'lowest' | 'highest'>> {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  const xs = new Float64Array(Math.min(scalars.rows, ROWS_AT_ONCE));
  for (let from = 0; from < scalars.rows; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, scalars.rows - from);
    scalars.readPart(x === 'step' ? 'step' : 'wallTime', from, from + rows, xs);
    for (const place of xs.subarray(0, rows)) {
      if (!Number.isFinite(place)) continue;
      lowest = Math.min(lowest, place);
      highest = Math.max(highest, place);
    }
    yield;
  }
  return { lowest, highest };
}

/**
 * Adds whole blocks of rows, from the one that begins at `row` on and not beyond `to`, whose x never falls, to pixel columns.
 * Returns how many rows it has added. The next block has to be added otherwise.
 */
export type AddBlocks = (
  columns: PixelColumns,
  scalars: Scalars,
  axis: { readonly part: 'step' | 'wallTime'; readonly origin: number },
  row: number,
  to: number,
) => number;

/**
 * A series as the request wants to see it.
 * @param branch 0 for the series itself, else the place of the branch whose rows `scalars` holds
 * @param addBlocks a faster way than to decode each
 */
export function* readSeries(
  { run, tag, scalars, origin }: Asked,
  shown: Shown,
  extent: Extent,
  branch = 0,
  addBlocks?: AddBlocks,
): Generator<void, Series> {
  const { x, smoothing, width } = shown;
  const { isWide } = scalars;
  const range: Range = { from: shown.from ?? extent.from, to: shown.to ?? extent.to, width };
  const axis: AxisFacts = yield* axisFacts(scalars, x);
  const window = axis.isSorted
    ? sortedWindow(scalars, x, origin, range)
    : yield* unsortedWindow(scalars, x, origin, range);
  const average = smoothing === undefined ? null : new Smoothing(smoothing);
  const hasPoints = axis.lowest <= axis.highest;
  const base = () => ({
    ...{ run, tag, branch, rows: scalars.rows, from: range.from, to: range.to, total: window.total },
    firstX: hasPoints ? axis.lowest - origin : Number.NaN,
    lastX: hasPoints ? axis.highest - origin : Number.NaN,
    ...(average ? { smoothing: average.state } : {}),
  });
  if (window.total <= (shown.points ?? width)) {
    const points = new ExactPoints();
    for (const part of exactParts(scalars, window, x, origin, average)) {
      if (part) points.add(part);
      yield;
    }
    return { kind: 'points', ...base(), ...points.arrays(isWide, average !== null) };
  }
  const raw = new PixelColumns(range);
  const smooth = average && new PixelColumns(range);
  if (addBlocks && axis.isSorted && !average) yield* addSorted(raw, scalars, window, x, origin, addBlocks);
  else
    for (const part of placedParts(scalars, window, x, origin, average)) {
      if (part) raw.add(part.xs, part.values, axis.isSorted);
      if (part?.smoothed) smooth?.add(part.xs, part.smoothed, axis.isSorted);
      yield;
    }
  const extremes = (columns: PixelColumns) => {
    const all = columns.extremes(isWide);
    return shown.outline ? extremesOf(outlineOf(all)) : all;
  };
  return {
    kind: 'columns',
    ...base(),
    ...raw.counts(),
    raw: extremes(raw),
    ...(smooth ? { smoothed: extremes(smooth) } : {}),
    ...(shown.outline ? { isOutline: true } : {}),
  };
}

/** The points of a window, part by part; null for a part that only the average needs. */
function* exactParts(
  scalars: Scalars,
  window: RowWindow,
  x: XAxis,
  origin: number,
  average: Smoothing | null,
): Generator<Points | null> {
  for (const range of rangesToRead(scalars, window, average)) {
    const rows = scalars.read(range.from, range.to);
    const smoothed = average && rows.values.map((value) => average.next(value));
    const xs = xsOf(rows, x, origin);
    const pick = picking(window, range, xs);
    if (!pick) yield null;
    else {
      const { steps, wallTimes, values } = rows;
      yield {
        ...{ xs: pick(xs), steps: pick(steps), wallTimes: pick(wallTimes), values: pick(values) },
        smoothed: smoothed && pick(smoothed),
      };
    }
  }
}

/** Adds the points of a window, whose x never falls, to pixel columns: whole blocks by `addBlocks`, as far as it can. */
function* addSorted(
  columns: PixelColumns,
  scalars: Scalars,
  window: RowWindow,
  x: XAxis,
  origin: number,
  addBlocks: AddBlocks,
): Generator<void> {
  const axis = { part: x === 'step' ? 'step' : 'wallTime', origin } as const;
  const [xs, values] = [new Float64Array(BLOCK_ROWS), new Float64Array(BLOCK_ROWS)];
  const addRows = (from: number, to: number) => {
    scalars.readPart(axis.part, from, to, xs);
    scalars.readPart('value', from, to, values);
    if (origin !== 0) for (let at = 0; at < to - from; at++) xs[at]! -= origin;
    columns.add(xs.subarray(0, to - from), values.subarray(0, to - from), true);
  };
  for (const { from, to } of liveRanges(scalars, window.from, window.to, ROWS_AT_ONCE)) {
    for (let row = from; row < to; ) {
      row += addBlocks(columns, scalars, axis, row, to);
      const end = Math.min(to, row - (row % BLOCK_ROWS) + BLOCK_ROWS);
      if (row < to) addRows(row, end);
      row = end;
    }
    yield;
  }
}

/** As `exactParts`, without what pixel columns do not need. The arrays are used again for the next part. */
function* placedParts(
  scalars: Scalars,
  window: RowWindow,
  x: XAxis,
  origin: number,
  average: Smoothing | null,
): Generator<Pick<Points, 'xs' | 'values' | 'smoothed'> | null> {
  const [allXs, allValues] = [new Float64Array(ROWS_AT_ONCE), new Float64Array(ROWS_AT_ONCE)];
  for (const range of rangesToRead(scalars, window, average)) {
    const { from, to } = range;
    const [xs, values] = [allXs.subarray(0, to - from), allValues.subarray(0, to - from)];
    scalars.readPart('value', from, to, values);
    const smoothed = average && values.map((value) => average.next(value));
    if (from < window.to && to > window.from) {
      scalars.readPart(x === 'step' ? 'step' : 'wallTime', from, to, xs);
      if (origin !== 0) for (let at = 0; at < xs.length; at++) xs[at]! -= origin;
    }
    const pick = picking(window, range, xs);
    yield pick && { xs: pick(xs), values: pick(values), smoothed: smoothed && pick(smoothed) };
  }
}

/** The average needs every row from the first on, and its state all of them. */
function rangesToRead(scalars: Scalars, window: RowWindow, average: Smoothing | null): Generator<RowRange> {
  const [first, end] = average ? [0, scalars.rows] : [window.from, window.to];
  return liveRanges(scalars, first, end, ROWS_AT_ONCE);
}

/** Picks from an array what the window holds of a range of rows. Null if it holds nothing of it. */
function picking(
  { from, to, holds }: RowWindow,
  range: RowRange,
  xs: Float64Array,
): ((numbers: Float64Array) => Float64Array) | null {
  const [start, stop] = [Math.max(0, from - range.from), Math.min(range.to, to) - range.from];
  if (start >= stop) return null;
  return (numbers) => {
    const within = numbers.subarray(start, stop);
    return holds ? within.filter((_, at) => holds(range.from + start + at, xs[start + at]!)) : within;
  };
}
