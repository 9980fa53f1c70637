import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexRoom } from '../../log-index/index-room.js';
import { IndexedScalars } from '../../log-index/indexed-scalars.js';
import { RowMemory } from '../../log-index/row-memory.js';
import type { ColumnSeries, PointSeries, Series, XAxis } from '../../protocol/series.js';
import { encodeSeries } from '../../protocol/series-codec.js';
import { Smoothing } from '../../smoothing.js';
import { newestBranches, onlyRows } from './branches.js';
import { type Asked, extentOf, readSeries, type Shown } from './read-series.js';
import type { Scalars } from './scalars.js';
import { columnList, expectedColumns, type Row, xOf } from './testing/expected-columns.js';

function scalarsOf(rows: readonly Row[], replacedRows: readonly number[] = []): Scalars {
  const column = new IndexedScalars('t', new RowMemory(new IndexRoom()));
  for (const { step, wallTime, value } of rows) column.append(step, wallTime, value);
  return {
    ...{ column, rows: rows.length, isWide: true, replaced: Uint32Array.from(replacedRows) },
    read: (from, to) => column.read(from, to),
    readPart: (...asked) => column.readPart(...asked),
    blocks: (...asked) => column.blocks(...asked),
  };
}

function done<T>(work: Generator<void, T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

const SHOWN: Shown = {
  ...{ x: 'step', from: undefined, to: undefined, width: 10, points: undefined },
  ...{ smoothing: undefined, replaced: false },
};

function read(scalars: Scalars, shown: Partial<Shown> = {}, origin = 0): Series[] {
  const asked: Asked = { run: 3, tag: 5, scalars, origin };
  const wanted = { ...SHOWN, ...shown };
  const extent = done(extentOf([asked], wanted));
  const branches = wanted.replaced ? done(newestBranches(scalars, wanted)).ranges : [];
  return [
    done(readSeries(asked, wanted, extent)),
    ...branches.map((range, at) =>
      done(readSeries({ ...asked, scalars: onlyRows(scalars, range) }, wanted, extent, at + 1)),
    ),
  ];
}

function pointsOf(series: Series | undefined): PointSeries {
  if (series?.kind !== 'points') throw new Error('The series came as columns.');
  return series;
}

function columnsOf(series: Series | undefined): ColumnSeries {
  if (series?.kind !== 'columns') throw new Error('The series came as points.');
  return series;
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -50, max: 50 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e60),
  },
);
const sortedRows = fc
  .array(
    fc.record({ by: fc.integer({ min: 1, max: 20 }), wallTime: fc.integer({ min: 0, max: 1000 }), value }),
  )
  .map((rows) => {
    let step = -30;
    return rows.map(({ by, ...row }): Row => {
      step += by;
      return { step, ...row };
    });
  });
const bound = fc.integer({ min: -60, max: 300 });

/** Rows of several blocks, some of which hold values that are not finite. Many share a pixel, and wall times may repeat. */
const longRows = fc
  .record({ count: fc.integer({ min: 60, max: 700 }), seed: fc.nat(), odd: fc.array(fc.nat(699)) })
  .map(({ count, seed, odd }) => {
    const random = (row: number, salt: number) =>
      (Math.imul((row + 1) ^ seed, 2_654_435_761 + 2 * salt) >>> 0) / 2 ** 32;
    let [step, wallTime] = [-30, 3];
    return Array.from({ length: count }, (_, row): Row => {
      step += 1 + Math.floor(3 * random(row, 1));
      wallTime += Math.floor(2 * random(row, 2));
      return { step, wallTime, value: odd.includes(row) ? Number.NaN : Math.floor(20 * random(row, 3)) };
    });
  });

describe('pixel columns', () => {
  it('hold the first, lowest, highest and last value of every column, whatever the order of x', () => {
    fc.assert(
      fc.property(
        sortedRows,
        fc.tuple(bound, bound),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom<XAxis>('step', 'wall', 'relative'),
        fc.constantFrom(undefined, 0, 0.6),
        (rows, [a, b], width, x, smoothing) => {
          const origin = x === 'relative' ? 7 : 0;
          const range = { from: Math.min(a, b), to: Math.max(a, b), width };
          const series = read(scalarsOf(rows), { ...range, x, points: 0, smoothing }, origin)[0];
          const inside = rows.filter((row) => {
            const place = xOf(row, x, origin);
            return place >= range.from && place <= range.to;
          });
          expect(series?.total).toBe(inside.length);
          if (inside.length === 0) return;
          const columns = columnsOf(series);
          const values = rows.map((row) => row.value);
          expect(columnList(columns, columns.raw)).toEqual(
            expectedColumns(rows, values, { ...range, x, origin }),
          );
          if (smoothing === undefined) return;
          const average = new Smoothing(smoothing);
          const smoothed = values.map((one) => average.next(one));
          expect(columnList(columns, columns.smoothed ?? columns.raw)).toEqual(
            expectedColumns(rows, smoothed, { ...range, x, origin }),
          );
          expect(columns.smoothing).toEqual(average.state);
        },
      ),
    );
  });

  it('are the same where many points share a column', () => {
    fc.assert(
      fc.property(
        longRows,
        fc.tuple(fc.integer({ min: -60, max: 1500 }), fc.integer({ min: -60, max: 1500 })),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom<XAxis>('step', 'wall', 'relative'),
        (rows, [a, b], width, x) => {
          const origin = x === 'relative' ? 7 : 0;
          const range = { from: Math.min(a, b), to: Math.max(a, b), width };
          const series = read(scalarsOf(rows), { ...range, x, points: 0 }, origin)[0];
          if (series?.kind !== 'columns' || series.total === 0) return;
          expect(columnList(series, series.raw)).toEqual(
            expectedColumns(
              rows,
              rows.map((row) => row.value),
              { ...range, x, origin },
            ),
          );
        },
      ),
    );
  });

  it('of which only the outline is wanted are the lowest and highest values, and begin and end as the series does', () => {
    const rows = Array.from({ length: 1000 }, (_, step) => ({
      ...{ step, wallTime: step, value: Math.fround(Math.sin(step * step)) },
    }));
    const whole = columnsOf(read(scalarsOf(rows), { width: 200, smoothing: 0.9 })[0]);
    const outline = columnsOf(read(scalarsOf(rows), { width: 200, smoothing: 0.9, outline: true })[0]);
    for (const which of ['raw', 'smoothed'] as const) {
      expect(outline[which]?.min).toEqual(whole[which]?.min);
      expect(outline[which]?.max).toEqual(whole[which]?.max);
      expect(outline[which]?.first.x[0]).toBe(0);
      expect([outline[which]?.last.x.at(-1), outline[which]?.last.y.at(-1)]).toEqual([
        999,
        whole[which]?.last.y.at(-1),
      ]);
    }
    expect(encodeSeries(outline).length).toBeLessThan(0.65 * encodeSeries(whole).length);
  });

  it('lose no spike among a hundred thousand points', () => {
    const rows = Array.from({ length: 100_000 }, (_, step) => ({ step, wallTime: step, value: 1 }));
    rows[54_321] = { step: 54_321, wallTime: 54_321, value: 99 };
    rows[54_322] = { step: 54_322, wallTime: 54_322, value: Number.NaN };
    const { raw, count, nan, total } = columnsOf(read(scalarsOf(rows), { width: 800 })[0]);
    const at = raw.max.y.indexOf(99);
    expect([raw.max.x[at], nan[at], total]).toEqual([54_321, 1, 100_000]);
    expect(count.reduce((sum, points) => sum + points)).toBe(100_000);
  });
});

describe('exact points', () => {
  it('are those of the range and its neighbours, in order of x, where there are no more than asked for', () => {
    fc.assert(
      fc.property(
        sortedRows,
        fc.tuple(bound, bound),
        fc.constantFrom<XAxis>('step', 'wall', 'relative'),
        (rows, [a, b], x) => {
          const origin = x === 'relative' ? 7 : 0;
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const series = pointsOf(read(scalarsOf(rows), { x, from, to, points: 1000 }, origin)[0]);
          const placed = rows.map((row) => ({ ...row, x: xOf(row, x, origin) })).sort((p, q) => p.x - q.x);
          const first = placed.findLastIndex((row) => row.x < from);
          const last = placed.findIndex((row) => row.x > to);
          const expected = placed.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
          expect([...series.steps]).toEqual(expected.map(({ step }) => step));
          expect([...series.wallTimes]).toEqual(expected.map(({ wallTime }) => wallTime));
          expect([...series.values]).toEqual(expected.map((row) => row.value));
        },
      ),
    );
  });

  it('come with their smoothed values, which every point before them has a part in', () => {
    const rows = [4, 4, 8].map((one, step) => ({ step, wallTime: step, value: one }));
    const series = pointsOf(read(scalarsOf(rows), { from: 2, to: 2, smoothing: 0.5 })[0]);
    expect([...series.steps]).toEqual([1, 2]);
    expect([...(series.smoothed ?? [])]).toEqual([4, 5.5 / 0.875]);
    expect(series.smoothing).toEqual({ last: 5.5, count: 3, constant: Number.NaN });
  });

  it('are none of a column without rows', () => {
    const series = pointsOf(read(scalarsOf([]))[0]);
    expect([series.total, series.firstX, series.lastX]).toEqual([0, Number.NaN, Number.NaN]);
  });
});

describe('rows that were replaced', () => {
  const row = (step: number, one: number): Row => ({ step, wallTime: 100 + step, value: one });
  const rows = [row(0, 1), row(1, 2), row(2, 3), row(3, 4), row(2, 30), row(3, 40), row(4, 50)];
  const replaced = [2, 4];

  it('are not part of the series', () => {
    const series = pointsOf(read(scalarsOf(rows, replaced))[0]);
    expect([...series.values]).toEqual([1, 2, 30, 40, 50]);
    expect([series.rows, series.total, series.firstX, series.lastX]).toEqual([7, 5, 0, 4]);
    const part = pointsOf(read(scalarsOf(rows, replaced), { from: 2, to: 3 })[0]);
    expect([[...part.steps], part.total]).toEqual([[1, 2, 3, 4], 2]);
  });

  it('come as branches of their own on request', () => {
    const [series, branch] = read(scalarsOf(rows, replaced), { replaced: true });
    expect([series?.branch, branch?.branch]).toEqual([0, 1]);
    expect([...pointsOf(branch).steps]).toEqual([2, 3]);
    expect([...pointsOf(branch).values]).toEqual([3, 4]);
  });

  it('have no part in the average', () => {
    const kept = rows.filter((_, at) => at < 2 || at >= 4);
    const [whole] = read(scalarsOf(rows, replaced), { smoothing: 0.9 });
    expect(pointsOf(whole).smoothed).toEqual(pointsOf(read(scalarsOf(kept), { smoothing: 0.9 })[0]).smoothed);
  });

  it('are noticed in a column that was read before they were replaced', () => {
    const column = {};
    const before = { ...scalarsOf(rows.slice(0, 4)), column };
    expect([...pointsOf(read(before)[0]).steps]).toEqual([0, 1, 2, 3]);
    const after = { ...scalarsOf(rows, replaced), column };
    expect([...pointsOf(read(after)[0]).steps]).toEqual([0, 1, 2, 3, 4]);
  });
});

it('what was logged without a finite time has no place on that axis', () => {
  const times = [5, Number.NaN, 6, Number.POSITIVE_INFINITY, 4];
  const rows = times.map((wallTime, step) => ({ step, wallTime, value: step }));
  const series = pointsOf(read(scalarsOf(rows), { x: 'wall' })[0]);
  expect([[...series.wallTimes], series.firstX, series.lastX]).toEqual([[4, 5, 6], 4, 6]);
});
