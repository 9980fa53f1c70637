import fc from 'fast-check';
import { expect, it } from 'vitest';
import { extremesOf, outlineOf } from './column-outline.js';
import type { ColumnExtremes, Refusal, Series, SeriesAnswer } from './series.js';
import {
  decodeSeries,
  encodeSeries,
  encodeSeriesEnd,
  encodeSeriesHead,
  placeSeries,
} from './series-codec.js';

const x = fc.oneof(fc.integer(), fc.double({ noNaN: true })).map((number) => number + 0);
const natural = fc.nat(1_000_000);
const text = fc.string({ unit: 'grapheme' });

function doubles(length: number, number: fc.Arbitrary<number>): fc.Arbitrary<Float64Array> {
  return fc
    .array(number, { minLength: length, maxLength: length })
    .map((numbers) => Float64Array.from(numbers));
}

function values(length: number): fc.Arbitrary<Float32Array> {
  return fc
    .array(fc.float(), { minLength: length, maxLength: length })
    .map((numbers) => Float32Array.from(numbers));
}

function extremes(length: number): fc.Arbitrary<ColumnExtremes> {
  const points = fc.record({ x: doubles(length, x), y: values(length) });
  return fc.record({ first: points, min: points, max: points, last: points });
}

const smoothing = fc.record({ last: fc.double(), count: natural, constant: fc.double() });
const base = fc.record({
  run: natural,
  tag: natural,
  branch: natural,
  rows: natural,
  from: x,
  to: x,
  total: natural,
  firstX: fc.double(),
  lastX: fc.double(),
});
const outlines = fc.nat(20).chain(
  (length): fc.Arbitrary<Series> =>
    fc
      .record({
        base,
        ...{ count: doubles(length, natural), raw: extremes(length) },
        more: fc.option(fc.record({ smoothing, smoothed: extremes(length) }), { nil: undefined }),
      })
      .map(({ base, count, raw, more }) => {
        const zeros = new Float64Array(length);
        const once = (one: ColumnExtremes) => extremesOf(outlineOf(one));
        // Once orders the two points of each column by their values, and twice those of the same x too.
        const outlined = (one: ColumnExtremes) => once(once(one));
        return {
          ...{ kind: 'columns', ...base, count, nan: zeros, positive: zeros, negative: zeros },
          ...{ raw: outlined(raw), isOutline: true },
          ...(more ? { smoothing: more.smoothing, smoothed: outlined(more.smoothed) } : {}),
        };
      }),
);
const points = fc.nat(20).chain(
  (length): fc.Arbitrary<Series> =>
    fc
      .record({
        base,
        steps: doubles(length, x),
        wallTimes: doubles(length, x),
        values: values(length),
        more: fc.option(fc.record({ smoothing, smoothed: values(length) }), { nil: undefined }),
      })
      .map(({ base, more, ...arrays }) => ({ kind: 'points', ...base, ...arrays, ...more })),
);
const columns = fc.nat(20).chain(
  (length): fc.Arbitrary<Series> =>
    fc
      .record({
        base,
        count: doubles(length, natural),
        nan: doubles(length, natural),
        positive: doubles(length, natural),
        negative: doubles(length, natural),
        raw: extremes(length),
        more: fc.option(fc.record({ smoothing, smoothed: extremes(length) }), { nil: undefined }),
      })
      .map(({ base, more, ...arrays }) => ({ kind: 'columns', ...base, ...arrays, ...more })),
);
const refusal: fc.Arbitrary<Refusal> = fc.record(
  { run: text, tag: text, series: natural, reason: text },
  { requiredKeys: ['reason'] },
);
const answer: fc.Arbitrary<SeriesAnswer> = fc.record({
  x: fc.constantFrom('step', 'wall', 'relative'),
  runs: fc.array(fc.record({ run: text, generation: natural }), { maxLength: 3 }),
  tags: fc.array(text, { maxLength: 3 }),
  series: fc.array(fc.oneof(points, columns, outlines), { maxLength: 3 }),
  refused: fc.array(refusal, { maxLength: 3 }),
});

function encode({ x, runs, tags, series, refused }: SeriesAnswer): Uint8Array {
  const parts = [encodeSeriesHead({ version: 1, x, runs, tags }), ...series.map(encodeSeries)];
  return new Uint8Array(Buffer.concat([...parts, encodeSeriesEnd({ refused })]));
}

it('gives back the answer that was encoded', () => {
  fc.assert(
    fc.property(answer, (sent) => {
      expect(decodeSeries(encode(sent))).toEqual(sent);
    }),
  );
});

it('begins every block at a multiple of 8 bytes, so that values are read where they lie', () => {
  fc.assert(
    fc.property(answer, (sent) => {
      expect(encode(sent).length % 8).toBe(0);
      for (const series of sent.series) expect(encodeSeries(series).length % 8).toBe(0);
    }),
  );
});

it('encodes a series once for answers in which its run and tag have other places', () => {
  fc.assert(
    fc.property(fc.oneof(points, columns, outlines), natural, natural, (series, run, tag) => {
      const before = encodeSeries(series);
      expect(placeSeries(before, run, tag)).toEqual(encodeSeries({ ...series, run, tag }));
      expect(before).toEqual(encodeSeries(series));
    }),
  );
});

it('refuses an answer that was cut anywhere', () => {
  fc.assert(
    fc.property(answer, fc.nat(), (sent, cut) => {
      const bytes = encode(sent);
      expect(() => decodeSeries(bytes.subarray(0, cut % bytes.length))).toThrow(RangeError);
    }),
  );
});

it('takes some twenty bytes for a pixel column of evenly logged float32 values', () => {
  const length = 1000;
  const xs = (shift: number) =>
    Float64Array.from({ length }, (_, at) => at * 100 + (shift === 0 ? 0 : (at * 37 * shift) % 100));
  const ys = () => Float32Array.from({ length }, (_, at) => Math.sin(at));
  const nothing = new Float64Array(length);
  const raw = {
    first: { x: xs(0), y: ys() },
    min: { x: xs(1), y: ys() },
    max: { x: xs(2), y: ys() },
    last: { x: xs(0).map((x) => x + 99), y: ys() },
  };
  const series: Series = {
    ...{ kind: 'columns', run: 0, tag: 0, branch: 0, rows: 100_000, from: 0, to: 99_999, total: 100_000 },
    ...{ firstX: 0, lastX: 99_999, count: nothing.map(() => 100) },
    ...{ nan: nothing, positive: nothing, negative: nothing, raw },
  };
  expect(encodeSeries(series).length / length).toBeLessThan(19);
});
