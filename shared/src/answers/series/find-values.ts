import { API_VERSION } from '../../protocol/addresses.js';
import type { FoundValue, ValuesAnswer, ValuesRequest } from '../../protocol/series.js';
import { Smoothing } from '../../smoothing.js';
import type { AskedSeries } from './asked-series.js';
import { axisFacts, ROWS_AT_ONCE } from './axis-facts.js';
import { liveRanges } from './live-ranges.js';
import { medianOf } from './median.js';
import type { Asked } from './read-series.js';
import { sortedWindow, unsortedWindow, xsOf } from './row-window.js';

/** The points of series at a place, as a page shows them where it does not hold the whole series. */
export async function findValues(asked: AskedSeries, request: ValuesRequest): Promise<ValuesAnswer> {
  const values: FoundValue[] = [];
  for (const one of asked.series) {
    const open = asked.open(one);
    const found = open && (await asked.budget.do(findValue(open, request)));
    if (found) values.push(found);
    await asked.budget.rest();
  }
  const { runs, tags } = asked;
  return { version: API_VERSION, runs, tags, values, refused: asked.refused() };
}

/** Null when the series has no point there. */
function* findValue(open: Asked, request: ValuesRequest): Generator<void, FoundValue | null> {
  const { scalars, run, tag } = open;
  const row = yield* findRow(open, request);
  if (row === null) return null;
  const { steps, wallTimes, values } = scalars.read(row, row + 1);
  const { smoothing } = request;
  const smoothed = smoothing === undefined ? undefined : yield* smoothedAt(open, row, smoothing);
  const median = request.median ? yield* medianOfSeries(open) : undefined;
  return {
    ...{ run, tag, step: steps[0]!, wallTime: jsonNumber(wallTimes[0]!), value: jsonNumber(values[0]!) },
    ...(smoothed === undefined ? {} : { smoothed: jsonNumber(smoothed) }),
    ...(median === undefined ? {} : { median }),
  };
}

function* findRow(
  { scalars, origin }: Asked,
  { x, at, find }: ValuesRequest,
): Generator<void, number | null> {
  const axis = yield* axisFacts(scalars, x);
  const range = { from: at, to: at, width: 1 };
  const window = axis.isSorted
    ? sortedWindow(scalars, x, origin, range)
    : yield* unsortedWindow(scalars, x, origin, range);
  let best: { row: number; x: number } | null = null;
  for (const { from, to } of liveRanges(scalars, window.from, window.to, ROWS_AT_ONCE)) {
    for (const [place, found] of xsOf(scalars.read(from, to), x, origin).entries()) {
      const row = from + place;
      if (window.holds?.(row, found) === false) continue;
      const isBetter =
        find === 'nearest'
          ? isNearer(found, best?.x, at)
          : found <= at && found >= (best?.x ?? Number.NEGATIVE_INFINITY);
      if (isBetter) best = { row, x: found };
    }
    yield;
  }
  return best?.row ?? null;
}

/** Of two at the same distance, the earlier one; of two at the same place, the one that was logged later. */
function isNearer(x: number, than: number | undefined, at: number): boolean {
  if (than === undefined || x === than) return true;
  const [distance, other] = [Math.abs(x - at), Math.abs(than - at)];
  return distance < other || (distance === other && x < than);
}

function* smoothedAt({ scalars }: Asked, row: number, weight: number): Generator<void, number> {
  const average = new Smoothing(weight);
  let smoothed = Number.NaN;
  for (const { from, to } of liveRanges(scalars, 0, row + 1, ROWS_AT_ONCE)) {
    for (const value of scalars.read(from, to).values) smoothed = average.next(value);
    yield;
  }
  return smoothed;
}

function* medianOfSeries({ scalars }: Asked): Generator<void, number | undefined> {
  const finite = new Float64Array(scalars.rows);
  let count = 0;
  for (const { from, to } of liveRanges(scalars, 0, scalars.rows, ROWS_AT_ONCE)) {
    for (const value of scalars.read(from, to).values) if (Number.isFinite(value)) finite[count++] = value;
    yield;
  }
  return yield* medianOf(finite.subarray(0, count));
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
