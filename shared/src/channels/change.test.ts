import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactly, type Reading, within } from '../convolution/reading.js';
import {
  type ChannelChange,
  changeOf,
  channelsByChange,
  differenceOf,
  isChange,
  type LoggedValues,
  relativeChange,
  sizeOf,
} from './change.js';
import { dequantise, errorBound, quantiseMaps } from './quantise.js';

interface Case {
  readonly name: string;
  readonly relu: boolean;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly meanAbsolute: number;
  readonly correlation: number | null;
  readonly normA: number;
  readonly normB: number;
  readonly relative: number | null;
}
const { changes } = JSON.parse(readFileSync(new URL('./fixtures/changes.json', import.meta.url), 'utf8')) as {
  readonly changes: readonly Case[];
};

const exact = (values: ArrayLike<number>, isRectified = false): LoggedValues => ({
  values,
  bound: 0,
  isRectified,
});

/** The values as they can be read from the log when they were logged with 8 bits. */
function logged(values: readonly number[], isRectified: boolean): LoggedValues {
  const shape = { pictures: 1, channels: 1, height: 1, width: values.length };
  const { codes, lo, hi } = quantiseMaps(Float32Array.from(values), shape, 'NCHW');
  return {
    values: Array.from(codes, (code) => dequantise(code, lo[0]!, hi[0]!)),
    // The values were rounded to float32 before they were quantised, and are compared in float64.
    bound: errorBound(lo[0]!, hi[0]!) * (1 + 1e-6),
    isRectified,
  };
}

const holds = ({ lo, hi }: Reading, value: number) => {
  const slack = 1e-9 * (1 + Math.abs(value));
  return lo - slack <= value && value <= hi + slack;
};

/** All pieces of some work, and how many they are. */
function inPieces<T>(work: Generator<void, T>): { readonly result: T; readonly pieces: number } {
  for (let pieces = 1; ; pieces++) {
    const { done, value } = work.next();
    if (done) return { result: value, pieces };
  }
}

describe('the change of a channel', () => {
  it.each(changes)('is what numpy computes: $name', (one) => {
    const change = changeOf(exact(one.a, one.relu), exact(one.b, one.relu));
    expect(change.meanAbsolute.value).toBeCloseTo(one.meanAbsolute, 12);
    expect(change.normA.value).toBeCloseTo(one.normA, 10);
    expect(change.normB.value).toBeCloseTo(one.normB, 10);
    expect(change.norm.value).toBeCloseTo(one.normB - one.normA, 10);
    if (one.correlation === null) expect(change.correlation).toBeUndefined();
    else expect(change.correlation?.value).toBeCloseTo(one.correlation, 10);
    const relative = inPieces(relativeChange([[exact(one.a, one.relu), exact(one.b, one.relu)]])).result;
    if (one.relative === null) expect(relative).toBeUndefined();
    else expect(relative?.value).toBeCloseTo(one.relative, 10);
    expect(change).toMatchObject({ places: one.a.length, skipped: 0 });
  });

  it.each(changes)('is, of values with 8 bits, an interval that holds what numpy computes: $name', (one) => {
    const [a, b] = [logged(one.a, one.relu), logged(one.b, one.relu)];
    const change = changeOf(a, b);
    expect(holds(change.meanAbsolute, one.meanAbsolute)).toBe(true);
    expect(holds(change.normA, one.normA)).toBe(true);
    expect(holds(change.normB, one.normB)).toBe(true);
    expect(holds(change.norm, one.normB - one.normA)).toBe(true);
    if (change.correlation !== undefined && one.correlation !== null)
      expect(holds(change.correlation, one.correlation)).toBe(true);
    const relative = inPieces(relativeChange([[a, b]])).result;
    if (relative !== undefined && one.relative !== null) expect(holds(relative, one.relative)).toBe(true);
  });

  it('is computed of a layer in pieces, with the same result', () => {
    const values = (by: number) =>
      Float32Array.from({ length: 512 * 512 * 3 }, (_, at) => by * ((at % 7) - 3));
    const of = (by: number): LoggedValues => ({ values: values(by), bound: 0, isRectified: false });
    const { result, pieces } = inPieces(relativeChange([[of(1), of(1.5)]]));
    expect([result?.value, pieces]).toEqual([0.5, 6]);
  });

  it('holds the exact measures, whatever values were logged', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }).map(Math.fround), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(values, values, fc.boolean(), (valuesA, valuesB, relu) => {
        const truth = changeOf(exact(valuesA, relu), exact(valuesB, relu));
        const seen = changeOf(logged(valuesA, relu), logged(valuesB, relu));
        expect(holds(seen.meanAbsolute, truth.meanAbsolute.value)).toBe(true);
        expect(holds(seen.norm, truth.norm.value)).toBe(true);
        if (seen.correlation !== undefined) {
          expect(truth.correlation).toBeDefined();
          // The arc cosine magnifies the rounding of correlations near 1 and −1.
          expect(truth.correlation!.value).toBeGreaterThanOrEqual(seen.correlation.lo - 1e-6);
          expect(truth.correlation!.value).toBeLessThanOrEqual(seen.correlation.hi + 1e-6);
        }
      }),
    );
  });

  it('does not claim a change that is smaller than the bounds', () => {
    const a = { values: [1, 2, 3], bound: 0.1, isRectified: false };
    const change = changeOf(a, { ...a, values: [1.1, 2.15, 2.9] });
    expect(change.meanAbsolute.lo).toBe(0);
    expect(change.meanAbsolute.value).toBeCloseTo(0.35 / 3, 12);
    expect(isChange(change.norm)).toBe(false);
  });

  it('is exactly none where ReLU has certainly cut off both', () => {
    const dead = (values: readonly number[]) => ({ values, bound: 0.1, isRectified: true });
    const change = changeOf(dead([-1, -0.2]), dead([-3, -0.5]));
    expect(change.meanAbsolute).toEqual(exactly(0));
    expect(change.normB).toEqual({ value: 0, lo: 0, hi: 0 });
  });

  it('has no correlation where a channel may be constant', () => {
    const flat = { values: [1, 1.05, 0.98], bound: 0.1, isRectified: false };
    expect(changeOf(flat, exact([1, 2, 3])).correlation).toBeUndefined();
    expect(changeOf(exact([0.1, 0.1, 0.1]), exact([1, 2, 3])).correlation).toBeUndefined();
  });

  it('leaves out NaN and infinities, and counts them', () => {
    const a = exact([1, Number.NaN, 3, 4]);
    const b = exact([2, 2, Number.POSITIVE_INFINITY, 3]);
    expect(changeOf(a, b)).toMatchObject({ places: 2, skipped: 2, meanAbsolute: { value: 1 } });
    // After ReLU, −∞ is zero.
    expect(changeOf(exact([Number.NEGATIVE_INFINITY], true), exact([2], true))).toMatchObject({
      places: 1,
      meanAbsolute: { value: 2 },
    });
  });

  it('refuses to compare maps of different sizes', () => {
    expect(() => changeOf(exact([1]), exact([1, 2]))).toThrow(
      '1 values of A cannot be compared with 2 values of B',
    );
  });
});

describe('a difference of two values', () => {
  it('carries the bounds of both', () => {
    const difference = differenceOf(within(1, 0.25), within(3, 0.5));
    expect(difference).toEqual({ value: 2, lo: 1.25, hi: 2.75 });
    expect(isChange(difference)).toBe(true);
    expect(isChange(differenceOf(within(1, 0.25), within(1.5, 0.25)))).toBe(false);
    expect(isChange(differenceOf(exactly(1), exactly(1)))).toBe(false);
    expect(sizeOf({ value: -1, lo: -2, hi: 0.5 })).toEqual({ value: 1, lo: 0, hi: 2 });
  });

  it('of NaN and infinities is exact', () => {
    expect(differenceOf(within(1, 0.1), exactly(Number.POSITIVE_INFINITY))).toEqual(
      exactly(Number.POSITIVE_INFINITY),
    );
    const difference = differenceOf(exactly(Number.NaN), within(1, 0.1));
    expect(difference.value).toBeNaN();
    expect(isChange(difference)).toBe(true);
  });
});

describe('the order by change', () => {
  const none: ChannelChange = {
    meanAbsolute: exactly(0),
    correlation: undefined,
    normA: exactly(1),
    normB: exactly(1),
    norm: exactly(0),
    places: 4,
    skipped: 0,
  };

  it('begins with what has certainly changed most, and ends with what may not have changed', () => {
    const changes = [
      { ...none, meanAbsolute: { value: 0.3, lo: 0, hi: 0.7 } },
      { ...none, meanAbsolute: exactly(0.1) },
      { ...none, meanAbsolute: { value: 0.25, lo: 0.2, hi: 0.3 } },
      { ...none, meanAbsolute: { value: 0.4, lo: 0, hi: 0.8 } },
      undefined,
    ];
    expect(channelsByChange(changes, 'difference')).toEqual([2, 1, 3, 0]);
  });

  it('begins with channels that have no finite place left to compare', () => {
    const changes = [
      { ...none, meanAbsolute: exactly(2), norm: exactly(2), correlation: exactly(-1) },
      { ...none, places: 0, skipped: 4 },
    ];
    for (const by of ['difference', 'correlation', 'norm'] as const)
      expect(channelsByChange(changes, by), by).toEqual([1, 0]);
  });

  it('begins with the least correlated, and with the largest change of norm in either direction', () => {
    const correlations = [0.5, undefined, -0.9, 1].map((value) => ({
      ...none,
      correlation: value === undefined ? undefined : exactly(value),
    }));
    expect(channelsByChange(correlations, 'correlation')).toEqual([2, 0, 3, 1]);
    const norms = [exactly(0.5), exactly(-2), exactly(0), { value: 9, lo: -1, hi: 19 }].map((norm) => ({
      ...none,
      norm,
    }));
    expect(channelsByChange(norms, 'norm')).toEqual([1, 0, 3, 2]);
  });
});
