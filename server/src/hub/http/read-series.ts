import type { Series, SeriesRequest, XAxis } from '@convscope/shared/protocol/series.js';
import { Smoothing } from '@convscope/shared/smoothing.js';
import { type AxisFacts, axisFacts, ROWS_AT_ONCE } from './axis-facts.js';
import { ExactPoints, type Points } from './exact-points.js';
import { liveRanges } from './live-ranges.js';
import { PixelColumns, type Range } from './pixel-columns.js';
import { type RowWindow, sortedWindow, unsortedWindow, xsOf } from './row-window.js';
import type { RowRange, Scalars } from './scalars.js';

/** How a request wants to see a series. */
export type Shown = Pick<SeriesRequest, 'x' | 'from' | 'to' | 'width' | 'points' | 'smoothing' | 'replaced'>;

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

/**
 * Where x begins and ends over several series, and over their branches where these are shown. Without points, an extent of
 * no length.
 */
export function* extentOf(
  series: readonly Asked[],
  { x, replaced }: Pick<Shown, 'x' | 'replaced'>,
): Generator<void, Extent> {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { scalars, origin } of series) {
    const branches = replaced ? yield* branchesOf(scalars) : [];
    for (const one of [scalars, ...branches.map((rows) => onlyRows(scalars, rows))]) {
      const axis = yield* axisFacts(one, x);
      from = Math.min(from, axis.lowest - origin);
      to = Math.max(to, axis.highest - origin);
    }
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}

/** A series as the request wants to see it, and behind it, on request, the stretches of it that were replaced. */
export function* readSeries(asked: Asked, shown: Shown, extent: Extent): Generator<void, Series[]> {
  const { scalars } = asked;
  const all = [yield* readBranch(asked, 0, shown, extent)];
  if (!shown.replaced) return all;
  for (const [at, range] of (yield* branchesOf(scalars)).entries())
    all.push(yield* readBranch({ ...asked, scalars: onlyRows(scalars, range) }, at + 1, shown, extent));
  return all;
}

function* readBranch(
  { run, tag, scalars, origin }: Asked,
  branch: number,
  shown: Shown,
  extent: Extent,
): Generator<void, Series> {
  const { x, smoothing, width } = shown;
  const { isWide } = scalars;
  const range: Range = { from: shown.from ?? extent.from, to: shown.to ?? extent.to, width };
  const axis: AxisFacts = yield* axisFacts(scalars, x);
  const window = axis.isSorted
    ? sortedWindow(scalars, x, origin, range)
    : yield* unsortedWindow(scalars, x, origin, range);
  const average = smoothing === undefined ? null : new Smoothing(smoothing);
  const parts = readWindow(scalars, window, x, origin, average);
  const hasPoints = axis.lowest <= axis.highest;
  const base = () => ({
    ...{ run, tag, branch, rows: scalars.rows, from: range.from, to: range.to, total: window.total },
    firstX: hasPoints ? axis.lowest - origin : Number.NaN,
    lastX: hasPoints ? axis.highest - origin : Number.NaN,
    ...(average ? { smoothing: average.state } : {}),
  });
  if (window.total <= (shown.points ?? width)) {
    const points = new ExactPoints();
    for (const part of parts) {
      if (part) points.add(part);
      yield;
    }
    return { kind: 'points', ...base(), ...points.arrays(isWide, average !== null) };
  }
  const raw = new PixelColumns(range);
  const smooth = average && new PixelColumns(range);
  for (const part of parts) {
    if (part) raw.add(part.xs, part.values);
    if (part?.smoothed) smooth?.add(part.xs, part.smoothed);
    yield;
  }
  return {
    kind: 'columns',
    ...base(),
    ...raw.counts(),
    raw: raw.extremes(isWide),
    ...(smooth ? { smoothed: smooth.extremes(isWide) } : {}),
  };
}

/** The points of a window, part by part; null for a part that only the average needs. */
function* readWindow(
  scalars: Scalars,
  window: RowWindow,
  x: XAxis,
  origin: number,
  average: Smoothing | null,
): Generator<Points | null> {
  // The average needs every row from the first on, and its state all of them.
  const [first, end] = average ? [0, scalars.rows] : [window.from, window.to];
  for (const { from, to } of liveRanges(scalars, first, end, ROWS_AT_ONCE)) {
    const rows = scalars.read(from, to);
    const smoothed = average && rows.values.map((value) => average.next(value));
    const [start, stop] = [Math.max(0, window.from - from), Math.min(to, window.to) - from];
    if (start >= stop) {
      yield null;
      continue;
    }
    const xs = xsOf(rows, x, origin);
    const { holds } = window;
    const pick = (numbers: Float64Array) => {
      const within = numbers.subarray(start, stop);
      return holds ? within.filter((_, at) => holds(from + start + at, xs[start + at]!)) : within;
    };
    const { steps, wallTimes, values } = rows;
    yield {
      ...{ xs: pick(xs), steps: pick(steps), wallTimes: pick(wallTimes), values: pick(values) },
      smoothed: smoothed && pick(smoothed),
    };
  }
}

/** The stretches of replaced rows, each of an earlier attempt: a new one begins where the steps go back. */
export function* branchesOf({ replaced, read }: Scalars): Generator<void, RowRange[]> {
  const branches: RowRange[] = [];
  for (const stretch of replaced) {
    let start = stretch.from;
    let before = Number.NEGATIVE_INFINITY;
    for (const { from, to } of liveRanges({ replaced: [] }, stretch.from, stretch.to, ROWS_AT_ONCE)) {
      for (const [at, step] of read(from, to).steps.entries()) {
        if (step <= before) {
          branches.push({ from: start, to: from + at });
          start = from + at;
        }
        before = step;
      }
      yield;
    }
    branches.push({ from: start, to: stretch.to });
  }
  return branches;
}

/** The rows of a branch, as a column of its own. */
function onlyRows(scalars: Scalars, { from, to }: RowRange): Scalars {
  return {
    column: {},
    rows: to - from,
    isWide: scalars.isWide,
    replaced: [],
    read: (first, end) => scalars.read(from + first, from + end),
  };
}
