/**
 * The bytes of an answer with series, little-endian: a head, one block for each series, and an end.
 *
 *   head:  "CVS1", length of the JSON u32, JSON (SeriesHead) in UTF-8, padding to a multiple of 8 bytes
 *   block: kind u32, bytes of the whole block u32, run u32, tag u32, branch u32, IS_SMOOTHED u32,
 *          rows, from, to, total, firstX, lastX: f64 each,
 *          with IS_SMOOTHED: last, count, constant of the average: f64 each,
 *          arrays as `packed-numbers.ts` describes
 *   end:   3 u32, bytes of the whole block u32, length of the JSON u32, 0 u32, JSON (SeriesEnd), padding
 *
 * Arrays of points: steps, wall times, values, and smoothed values. Arrays of columns: count, nan, positive, negative, and
 * then, for the raw values and for the smoothed ones: x of first, of min, max and last relative to x of first, and y of
 * the four. Of outlines (kind 4), the x of first, and then, for the raw and the smoothed ones, those of the earlier and the later
 * extreme relative to it, their y, and x and y of the first and the last point. An answer without an end was cut off.
 */
import { decodeUtf8, encodeUtf8 } from '../event-log/utf8.js';
import type { SmoothingState } from '../smoothing.js';
import { z } from '../zod.js';
import { extremesOf, outlineOf } from './column-outline.js';
import { type Numbers, PackedNumbersReader, packNumbers, packValues } from './packed-numbers.js';
import {
  type ColumnExtremes,
  type ColumnPoints,
  type Refusal,
  refusalSchema,
  type Series,
  type SeriesAnswer,
  type SeriesRun,
  seriesRunSchema,
  X_AXES,
  type XAxis,
} from './series.js';

const MAGIC = 0x31535643;
const KIND = { points: 1, columns: 2, end: 3, outline: 4 } as const;
const IS_SMOOTHED = 1;
const HEAD_BYTES = 8;
const BLOCK_BYTES = 24 + 6 * 8;
const SMOOTHING_BYTES = 3 * 8;
const END_BYTES = 16;
const CUT_OFF = 'The answer ends before its end: the connection was cut.';

export interface SeriesHead {
  readonly version: number;
  readonly x: XAxis;
  readonly runs: readonly SeriesRun[];
  readonly tags: readonly string[];
}
const headSchema: z.ZodMiniType<SeriesHead> = z.object({
  version: z.number(),
  x: z.enum(X_AXES),
  runs: z.array(seriesRunSchema),
  tags: z.array(z.string()),
});

export interface SeriesEnd {
  readonly refused: readonly Refusal[];
}
const endSchema: z.ZodMiniType<SeriesEnd> = z.object({ refused: z.array(refusalSchema) });

export function encodeSeriesHead(head: SeriesHead): Uint8Array<ArrayBuffer> {
  const json = encodeUtf8(JSON.stringify(head));
  const bytes = new Uint8Array(HEAD_BYTES + padded(json.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, json.length, true);
  bytes.set(json, HEAD_BYTES);
  return bytes;
}

export function encodeSeriesEnd(end: SeriesEnd): Uint8Array<ArrayBuffer> {
  const json = encodeUtf8(JSON.stringify(end));
  const bytes = new Uint8Array(END_BYTES + padded(json.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, KIND.end, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(8, json.length, true);
  bytes.set(json, END_BYTES);
  return bytes;
}

export function encodeSeries(series: Series): Uint8Array<ArrayBuffer> {
  const arrays = series.kind === 'points' ? pointArrays(series) : columnArrays(series);
  const { smoothing } = series;
  const start = BLOCK_BYTES + (smoothing ? SMOOTHING_BYTES : 0);
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, start));
  const view = new DataView(bytes.buffer);
  const { run, tag, branch, rows, from, to, total, firstX, lastX } = series;
  const kind = series.kind === 'columns' && series.isOutline ? 'outline' : series.kind;
  [KIND[kind], bytes.length, run, tag, branch, smoothing ? IS_SMOOTHED : 0].forEach((number, at) => {
    view.setUint32(at * 4, number, true);
  });
  const { last = 0, count = 0, constant = 0 } = smoothing ?? {};
  [rows, from, to, total, firstX, lastX, ...(smoothing ? [last, count, constant] : [])].forEach(
    (number, at) => {
      view.setFloat64(24 + at * 8, number, true);
    },
  );
  let at = start;
  for (const array of arrays) {
    bytes.set(array, at);
    at += array.length;
  }
  return bytes;
}

/** The same block for an answer in which its run and tag have other places. */
export function placeSeries(block: Uint8Array, run: number, tag: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(block);
  const view = new DataView(copy.buffer);
  view.setUint32(8, run, true);
  view.setUint32(12, tag, true);
  return copy;
}

/** @throws RangeError with a sentence when the bytes are not a whole answer. */
export function decodeSeries(bytes: Uint8Array): SeriesAnswer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new RangeError('The answer holds no series of the version that this page knows.');
  const headLength = view.getUint32(4, true);
  const head = parsed(headSchema, bytes, HEAD_BYTES, headLength);
  const series: Series[] = [];
  for (let at = HEAD_BYTES + padded(headLength); ; ) {
    if (at + END_BYTES > bytes.length) throw new RangeError(CUT_OFF);
    const kind = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    if (length < END_BYTES || length % 8 !== 0 || at + length > bytes.length) throw new RangeError(CUT_OFF);
    const block = bytes.subarray(at, at + length);
    if (kind === KIND.end) {
      const { refused } = parsed(endSchema, block, END_BYTES, view.getUint32(at + 8, true));
      return { x: head.x, runs: head.runs, tags: head.tags, series, refused };
    }
    if (kind !== KIND.points && kind !== KIND.columns && kind !== KIND.outline)
      throw new RangeError(`The answer holds a block of an unknown kind, ${kind}.`);
    series.push(decodeBlock(block, kind));
    at += length;
  }
}

function decodeBlock(bytes: Uint8Array, kind: number): Series {
  if (bytes.length < BLOCK_BYTES + SMOOTHING_BYTES)
    throw new RangeError('The answer holds a block that is too short.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const double = (index: number) => view.getFloat64(24 + index * 8, true);
  const isSmoothed = view.getUint32(20, true) === IS_SMOOTHED;
  const smoothing: SmoothingState = { last: double(6), count: double(7), constant: double(8) };
  const base = {
    run: view.getUint32(8, true),
    tag: view.getUint32(12, true),
    branch: view.getUint32(16, true),
    rows: double(0),
    from: double(1),
    to: double(2),
    total: double(3),
    firstX: double(4),
    lastX: double(5),
    ...(isSmoothed ? { smoothing } : {}),
  };
  const reader = new PackedNumbersReader(bytes, BLOCK_BYTES + (isSmoothed ? SMOOTHING_BYTES : 0));
  if (kind === KIND.points) {
    const steps = reader.nextDouble();
    const points = { ...base, steps, wallTimes: reader.nextDouble(), values: reader.next() };
    return isSmoothed
      ? { kind: 'points', ...points, smoothed: reader.next() }
      : { kind: 'points', ...points };
  }
  const [count, nan, positive, negative] = [0, 1, 2, 3].map(() => reader.nextDouble()) as Four<Float64Array>;
  if (kind === KIND.outline) {
    const x = reader.nextDouble();
    const counts = { count, nan, positive, negative, isOutline: true } as const;
    const outline = { ...base, ...counts, raw: readOutline(reader, x) };
    return isSmoothed
      ? { kind: 'columns', ...outline, smoothed: readOutline(reader, x) }
      : { kind: 'columns', ...outline };
  }
  const columns = { ...base, count, nan, positive, negative, raw: readExtremes(reader) };
  return isSmoothed
    ? { kind: 'columns', ...columns, smoothed: readExtremes(reader) }
    : { kind: 'columns', ...columns };
}

type Four<T> = [T, T, T, T];

function pointArrays({
  steps,
  wallTimes,
  values,
  smoothed,
}: Extract<Series, { kind: 'points' }>): Uint8Array[] {
  const arrays = [packNumbers(steps), packNumbers(wallTimes), packValues(values)];
  return smoothed ? [...arrays, packValues(smoothed)] : arrays;
}

function columnArrays(series: Extract<Series, { kind: 'columns' }>): Uint8Array[] {
  const { count, nan, positive, negative, raw, smoothed, isOutline } = series;
  const counts = [count, nan, positive, negative].map((numbers) => packNumbers(numbers));
  if (isOutline) {
    const { x } = raw.first;
    const outlines = [raw, ...(smoothed ? [smoothed] : [])].flatMap((extremes) => outlineArrays(extremes, x));
    return [...counts, packNumbers(x), ...outlines];
  }
  return [...counts, ...extremeArrays(raw), ...(smoothed ? extremeArrays(smoothed) : [])];
}

function extremeArrays({ first, min, max, last }: ColumnExtremes): Uint8Array[] {
  return [
    packNumbers(first.x),
    ...[min, max, last].map(({ x }) => packNumbers(x, first.x)),
    ...[first, min, max, last].map(({ y }) => packValues(y)),
  ];
}

function outlineArrays(extremes: ColumnExtremes, x: Float64Array): Uint8Array[] {
  const { early, late, endsX, endsY } = outlineOf(extremes);
  return [
    ...[early, late].map((points) => packNumbers(points.x, x)),
    ...[early.y, late.y].map(packValues),
    packNumbers(endsX),
    packValues(endsY),
  ];
}

function readOutline(reader: PackedNumbersReader, x: Float64Array): ColumnExtremes {
  const [earlyX, lateX] = [reader.nextDouble(x), reader.nextDouble(x)];
  const [earlyY, lateY] = [reader.next(), reader.next()];
  const early = { x: earlyX, y: earlyY };
  const late = { x: lateX, y: lateY };
  return extremesOf({ early, late, endsX: reader.nextDouble(), endsY: reader.next() });
}

function readExtremes(reader: PackedNumbersReader): ColumnExtremes {
  const x = reader.nextDouble();
  const [minX, maxX, lastX] = [0, 1, 2].map(() => reader.nextDouble(x)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const ys = [0, 1, 2, 3].map(() => reader.next()) as Four<Numbers>;
  const points = (xs: Float64Array, y: Numbers): ColumnPoints => ({ x: xs, y });
  return {
    first: points(x, ys[0]),
    min: points(minX, ys[1]),
    max: points(maxX, ys[2]),
    last: points(lastX, ys[3]),
  };
}

function parsed<T>(schema: z.ZodMiniType<T>, bytes: Uint8Array, at: number, length: number): T {
  if (at + length > bytes.length) throw new RangeError(CUT_OFF);
  const result = schema.safeParse(jsonOf(bytes.subarray(at, at + length)));
  if (!result.success) throw new RangeError('The answer is not as this page knows it: reload the page.');
  return result.data;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch {
    return undefined;
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
