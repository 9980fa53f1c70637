/**
 * Series as text, for people and for programs that know neither our bytes nor TensorBoard's: JSON or CSV, with every digit.
 * Without a width every point is given, in the order of the log, however many they are; with one, what the page gets.
 */
import { API_VERSION } from '../../protocol/addresses.js';
import type { ColumnSeries, Series, SeriesRequest } from '../../protocol/series.js';
import { Smoothing } from '../../smoothing.js';
import type { TimeBudget } from '../../time-budget.js';
import type { AskedSeries } from './asked-series.js';
import { branchesOf, onlyRows } from './branches.js';
import { liveRanges } from './live-ranges.js';
import { type Asked, type Extent, readSeries } from './read-series.js';
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

/** The text of an answer, in pieces of about this length or more: rows of one branch may be few. */
const PIECE_CHARACTERS = 16 * 1024;

export async function* seriesText(...request: Parameters<typeof textParts>): AsyncGenerator<string> {
  let piece = '';
  for await (const part of textParts(...request)) {
    piece += part;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function* textParts(
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
    const run = asked.runs[one.run]?.run ?? '';
    const tag = asked.tags[one.tag] ?? '';
    for await (const table of tablesOf(open, request, hasWidth ? extent : null, asked.budget)) {
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

/**
 * A series and, on request, the branches that were replaced, each read when those before it are written.
 * @param extent of pixel columns; null for all points
 */
async function* tablesOf(
  asked: Asked,
  request: SeriesRequest,
  extent: Extent | null,
  budget: TimeBudget,
): AsyncGenerator<Table> {
  const tableAt = async (of: Asked, branch: number) =>
    extent === null
      ? pointTable(of, request, branch)
      : columnTable(await budget.do(readSeries(of, { ...request, points: 0 }, extent, branch)));
  yield await tableAt(asked, 0);
  if (!request.replaced) return;
  let branch = 0;
  for (const range of branchesOf(asked.scalars)) {
    await budget.rest();
    if (range !== null) yield await tableAt({ ...asked, scalars: onlyRows(asked.scalars, range) }, ++branch);
  }
}

/** All points of a series, in the order of the log, read while they are written. */
function pointTable({ scalars, origin }: Asked, request: SeriesRequest, branch: number): Table {
  const { x, from = -Infinity, to = Infinity, smoothing } = request;
  function* pieces(): Generator<readonly Row[]> {
    const average = smoothing === undefined ? null : new Smoothing(smoothing);
    for (const range of liveRanges(scalars, 0, scalars.rows, ROWS_AT_ONCE)) {
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
  return { branch, rows: scalars.rows, names: columnNames(false, smoothing !== undefined), pieces: pieces() };
}

/** The pixel columns of a series. A series without points in the range has none. */
function columnTable(series: Series): Table {
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
