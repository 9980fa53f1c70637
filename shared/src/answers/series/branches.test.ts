import { describe, expect, it } from 'vitest';
import { ReplacedRows } from '../../log-index/replaced-rows.js';
import { SERIES_LIMITS } from '../../protocol/series.js';
import { branchesOf, newestBranches } from './branches.js';
import { LiveRows, liveRanges } from './live-ranges.js';
import type { Scalars } from './scalars.js';

/** A column of these steps, as a log replaces its rows. */
function columnOf(steps: Float64Array): Scalars {
  const replaced = new ReplacedRows();
  for (let row = 1; row < steps.length; row++)
    replaced.replaceFrom(steps[row]!, row, (before) => steps[before]!);
  const part = (from: number, to: number) => steps.slice(from, to);
  return {
    ...{ column: {}, rows: steps.length, isWide: false, replaced: replaced.bounds.slice() },
    read: (from, to) => ({ steps: part(from, to), wallTimes: part(from, to), values: part(from, to) }),
    readPart: (_part, from, to, into) => into.set(part(from, to)),
    blocks: () => null,
  };
}

function done<T>(work: Generator<void, T>): { readonly result: T; readonly pieces: number } {
  for (let pieces = 0; ; pieces++) {
    const piece = work.next();
    if (piece.done) return { result: piece.value, pieces };
  }
}

const branchesIn = (steps: readonly number[]) =>
  [...branchesOf(columnOf(Float64Array.from(steps)))]
    .filter((range) => range !== null)
    .map(({ from, to }) => [from, to]);

const ROWS = 100_000;
const HOSTILE = {
  'steps that only fall': Float64Array.from({ length: ROWS }, (_, row) => ROWS - row),
  'steps that fall every second time': Float64Array.from(
    { length: ROWS },
    (_, row) => row + 1 - 2 * (row % 2),
  ),
  'a restart at every third step': Float64Array.from({ length: ROWS }, (_, row) => row % 3),
};

describe('the branches of a series', () => {
  it('begin where the steps go back', () => {
    expect(branchesIn([0, 1, 2, 3, 2, 3, 2, 3, 4])).toEqual([
      [2, 4],
      [4, 6],
    ]);
    expect(branchesIn([5, 4, 3])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(branchesIn([0, 1, 2])).toEqual([]);
  });

  it.each(Object.entries(HOSTILE))(
    'of %s are found in pieces; the newest are kept and all are counted',
    (_, steps) => {
      const column = columnOf(steps);
      const all = [...branchesOf(column)].filter((range) => range !== null);
      const { result, pieces } = done(newestBranches(column, { width: 100 }));
      expect(result.ranges).toEqual(all.slice(-SERIES_LIMITS.branches));
      expect(result.leftOut).toBe(all.length - SERIES_LIMITS.branches);
      expect(pieces).toBeGreaterThan(3);
    },
  );

  it('take no more bytes than an answer has room for', () => {
    const column = columnOf(Float64Array.from({ length: ROWS }, (_, row) => row % 5_000));
    const { result } = done(newestBranches(column, { width: 5_000 }));
    const bytes = result.ranges.reduce((sum, { from, to }) => sum + (to - from) * 160, 0);
    expect(bytes).toBeLessThanOrEqual(SERIES_LIMITS.branchBytes);
    expect(bytes).toBeGreaterThan(SERIES_LIMITS.branchBytes / 2);
    expect(result.ranges.length + result.leftOut).toBe(19);
  });
});

it.each(Object.entries(HOSTILE))('the rows that are left of %s are found by their places', (_, steps) => {
  const column = columnOf(steps);
  const rows: number[] = [];
  for (const { from, to } of liveRanges(column, 0, column.rows, 2))
    for (let row = from; row < to; row++) rows.push(row);
  const live = new LiveRows(column);
  expect(live.count).toBe(rows.length);
  expect(rows.every((row, place) => live.rowAt(place) === row)).toBe(true);
  const late = [...liveRanges(column, 90_001, 95_000, 8)].flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, at) => from + at),
  );
  expect(late).toEqual(rows.filter((row) => row >= 90_001 && row < 95_000));
});
