/**
 * Series as text, for people and for programs that know neither our bytes nor TensorBoard's: JSON or CSV, with every digit.
 * Without a width every point is given, in the order of the log, however many they are; with one, what the page gets.
 */
import { API_VERSION } from '../../protocol/addresses.js';
import type { ColumnSeries, Series, SeriesRequest } from '../../protocol/series.js';
import { Smoothing } from '../../smoothing.js';
import type { TimeBudget } from '../../time-budget.js';
import type { AskedSeries } from './asked-series.js';
import { liveRanges } from './live-ranges.js';
import { type Asked, branchesOf, readSeries } from './read-series.js';
import { xsOf } from './row-window.js';

export type TextFormat = 'json' | 'csv';

/** Rows in one piece of text. Of a client that does not read a piece is held. */
const ROWS_AT_ONCE = 512;

/** What a number takes as text and beside it at most. */
const NUMBER_BYTES = 96;

const POINT_NAMES = ['step', 'wall_time', 'value'];
const COLUMN_NAMES = ['count', 'nan', 'inf', '-inf', ...extremeNames('')];

type Row = readonly number[];

/** How many bytes of an answer are in memory at a time. */
export function mostTextHeld({ width }: Pick<SeriesRequest, 'width'>, hasWidth: boolean): number {
  const numbers = columnNames(hasWidth, true).length;
  return (hasWidth ? width : ROWS_AT_ONCE) * numbers * NUMBER_BYTES;
}

function extremeNames(prefix: string): string[] {
  return ['first', 'min', 'max', 'last'].flatMap((name) => [`${prefix}${name}_x`, `${prefix}${name}`]);
}

/** Rows of one series; `names` say what their numbers are. */
interface Table {
  readonly branch: number;
  readonly rows: number;
  readonly names: readonly string[];
  readonly pieces: Iterable<readonly Row[]>;
}

export async function* seriesText(
  asked: AskedSeries,
  request: SeriesRequest,
  format: TextFormat,
  hasWidth: boolean,
): AsyncGenerator<string> {
  const isSmoothed = request.smoothing !== undefined;
  const writer = format === 'csv' ? csv(columnNames(hasWidth, isSmoothed)) : json(asked, request);
  yield writer.head;
  for (const one of asked.series) {
    const isWhole = request.from === undefined || request.to === undefined;
    const extent = hasWidth && isWhole ? await asked.extent(one.tag) : { from: 0, to: 0 };
    const open = asked.open(one);
    if (!open) continue;
    const shown = hasWidth
      ? await asked.budget.do(readSeries(open, { ...request, points: 0 }, extent))
      : null;
    const tables = shown ? shown.map(tableOf) : await pointTables(open, request, asked.budget);
    const run = asked.runs[one.run]?.run ?? '';
    const tag = asked.tags[one.tag] ?? '';
    for (const table of tables) {
      yield writer.begin(run, tag, table);
      for (const rows of table.pieces) {
        yield writer.rows(run, tag, table, rows);
        await asked.budget.rest();
      }
      yield writer.end();
    }
  }
  yield writer.foot();
}

interface TextWriter {
  readonly head: string;
  begin(run: string, tag: string, table: Table): string;
  rows(run: string, tag: string, table: Table, rows: readonly Row[]): string;
  end(): string;
  foot(): string;
}

function csv(names: readonly string[]): TextWriter {
  return {
    head: `run,tag,branch,${names.join(',')}\r\n`,
    begin: () => '',
    rows(run, tag, { branch }, rows) {
      const start = `${quoted(run)},${quoted(tag)},${branch},`;
      return rows.map((row) => `${start}${row.map(csvNumber).join(',')}\r\n`).join('');
    },
    end: () => '',
    foot: () => '',
  };
}

function json(asked: AskedSeries, { x }: SeriesRequest): TextWriter {
  let series = 0;
  let hasRows = false;
  return {
    head: `{"version":${API_VERSION},"x":"${x}","series":[`,
    begin(run, tag, { branch, rows, names }) {
      hasRows = false;
      const generation = asked.runs.find((known) => known.run === run)?.generation;
      const head = JSON.stringify({ run, tag, generation, branch, rows, names });
      return `${series++ === 0 ? '' : ','}\n${head.slice(0, -1)},"values":[`;
    },
    rows(_run, _tag, _table, rows) {
      if (rows.length === 0) return '';
      const lines = rows.map((row) => `[${row.map(jsonNumber).join(',')}]`).join(',\n');
      const start = hasRows ? ',\n' : '\n';
      hasRows = true;
      return `${start}${lines}`;
    },
    end: () => ']}',
    foot: () => `],\n"refused":${JSON.stringify(asked.refused())}}\n`,
  };
}

function columnNames(hasWidth: boolean, isSmoothed: boolean): string[] {
  if (!hasWidth) return isSmoothed ? [...POINT_NAMES, 'smoothed'] : POINT_NAMES;
  return isSmoothed ? [...COLUMN_NAMES, ...extremeNames('smoothed_')] : COLUMN_NAMES;
}

/** All points of a series, in the order of the log, read while they are written. */
async function pointTables(
  { scalars, origin }: Asked,
  request: SeriesRequest,
  budget: TimeBudget,
): Promise<Table[]> {
  const { x, from = -Infinity, to = Infinity, smoothing, replaced } = request;
  const names = columnNames(false, smoothing !== undefined);
  function* pieces(ranges: () => Iterable<{ from: number; to: number }>): Generator<readonly Row[]> {
    const average = smoothing === undefined ? null : new Smoothing(smoothing);
    for (const range of ranges()) {
      const part = scalars.read(range.from, range.to);
      const xs = xsOf(part, x, origin);
      const rows: Row[] = [];
      for (const [at, place] of xs.entries()) {
        const value = part.values[at]!;
        const smoothed = average ? [average.next(value)] : [];
        // What has no place on the axis belongs to no range, but to the log.
        if (place < from || place > to || (Number.isNaN(place) && request.from !== undefined)) continue;
        rows.push([part.steps[at]!, part.wallTimes[at]!, value, ...smoothed]);
      }
      yield rows;
    }
  }
  const whole = { branch: 0, rows: scalars.rows, names };
  const tables: Table[] = [
    { ...whole, pieces: pieces(() => liveRanges(scalars, 0, scalars.rows, ROWS_AT_ONCE)) },
  ];
  if (!replaced) return tables;
  const branches = (await budget.do(branchesOf(scalars))).map((range, at) => ({
    branch: at + 1,
    rows: range.to - range.from,
    names,
    pieces: pieces(() => liveRanges({ replaced: [] }, range.from, range.to, ROWS_AT_ONCE)),
  }));
  return [...tables, ...branches];
}

/** The pixel columns of a series. A series without points in the range has none. */
function tableOf(series: Series): Table {
  const { branch, rows } = series;
  const names = columnNames(true, series.smoothing !== undefined);
  return { branch, rows, names, pieces: series.kind === 'columns' ? [columnRows(series)] : [] };
}

function columnRows({ count, nan, positive, negative, raw, smoothed }: ColumnSeries): Row[] {
  const extremes = [raw, ...(smoothed ? [smoothed] : [])].flatMap(({ first, min, max, last }) => [
    first,
    min,
    max,
    last,
  ]);
  return Array.from(count, (points, at) => [
    ...[points, nan[at]!, positive[at]!, negative[at]!],
    ...extremes.flatMap(({ x, y }) => [x[at]!, y[at]!]),
  ]);
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function csvNumber(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? 'inf' : '-inf';
}

/** As RFC 4180 says. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
