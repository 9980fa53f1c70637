import { describe, expect, it } from 'vitest';
import { MARK } from '../../decode/decoded.js';
import { histogramOf } from '../../drawing/histogram.js';
import { type CodedStack, type MapStack, rectify, valueAt, valueStack } from '../../drawing/map-stack.js';
import { changesOf, differenceStack, reorder, splitStack } from './difference.js';
import { whole } from './testing/whole.js';

/** A map of one row. The values of 8 bits are 0, 0.01, … 2.55, with bounds of 0.005. */
function coded(...codes: readonly number[]): CodedStack {
  return {
    kind: 'codes',
    shape: [1, 1, codes.length],
    codes: Uint8Array.from(codes),
    lo: Float32Array.of(-1),
    hi: Float32Array.of(1.55),
    marks: undefined,
    rectified: false,
  };
}

const exact = (...values: readonly number[]): MapStack =>
  valueStack(Float32Array.from(values), [1, 1, values.length]);

const row = (stack: MapStack) => Array.from({ length: stack.shape[2] }, (_, x) => valueAt(stack, 0, 0, x));

const measured = (shown: Parameters<typeof changesOf>[0]) => whole(changesOf(shown));

describe('the difference of two stacks', () => {
  it('is B − A, and 0 where the bounds of both allow it', () => {
    const { stack, uncertain } = differenceStack(coded(100, 100, 100, 100), coded(100, 101, 102, 80));
    const values = row(stack);
    expect(values.slice(0, 2)).toEqual([0, 0]);
    expect(values[2]).toBeCloseTo(0.02, 6);
    expect(values[3]).toBeCloseTo(-0.2, 6);
    expect(uncertain).toBe(1);
  });

  it('is exact for exact values', () => {
    expect(differenceStack(exact(1, 2, 3), exact(1, 2.5, -3))).toMatchObject({
      uncertain: 0,
      stack: { values: Float32Array.of(0, 0.5, -6) },
    });
  });

  it('is certain where ReLU has cut off both', () => {
    // −1 and −0.99 differ within their bounds, but after ReLU both are 0.
    expect(differenceStack(rectify(coded(0)), rectify(coded(1)))).toMatchObject({ uncertain: 0, top: 0 });
  });

  it('has NaN where A or B has', () => {
    const { stack, top } = differenceStack(exact(Number.NaN, 1, 2), exact(1, Number.POSITIVE_INFINITY, 4));
    expect([...(stack.marks ?? [])]).toEqual([MARK.nan, MARK.infinity, MARK.finite]);
    expect(top).toBe(2);
  });

  it('leaves the largest few differences out of its scale', () => {
    const values = Array.from({ length: 1000 }, (_, at) => (at < 3 ? 100 : (at % 10) / 10));
    const { top } = differenceStack(exact(...values.map(() => 0)), exact(...values));
    expect(top).toBeGreaterThanOrEqual(0.9);
    expect(top).toBeLessThan(1.1);
  });
});

describe('the other stacks', () => {
  it('put channels into another order, with their limits and marks', () => {
    const stack: CodedStack = {
      ...coded(1, 2, 3, 4),
      shape: [2, 1, 2],
      lo: Float32Array.of(0, 10),
      hi: Float32Array.of(255, 265),
      marks: Uint8Array.of(0, MARK.nan, 0, 0),
    };
    const other = reorder(stack, [1, -1, 0]);
    expect(other.shape).toEqual([3, 1, 2]);
    expect(valueAt(other, 0, 0, 0)).toBeCloseTo(13, 9);
    expect(valueAt(other, 1, 0, 0)).toBe(0);
    expect(valueAt(other, 2, 0, 1)).toBeNaN();
  });

  it('show A at the left of a column, and B from there on', () => {
    expect(row(splitStack(exact(1, 2, 3), exact(4, 5, 6), 1))).toEqual([1, 5, 6]);
    expect(row(splitStack(exact(1, 2, 3), exact(4, 5, 6), 3))).toEqual([1, 2, 3]);
  });

  it('count the zeros of A and B after ReLU apart, as each of them does', () => {
    const axis = { lo: 0, hi: 1 };
    // The codes are 0.01 apart: 100 stands for 0 ± 0.005, 60 for −0.4.
    const a = rectify(coded(60, 130, 60, 60));
    const b = rectify(coded(130, 130, 60, 100));
    const counted = (split: number) => histogramOf(splitStack(a, b, split), axis, 1);
    expect(counted(4)).toMatchObject({ zeros: 3, counts: Float64Array.of(1), zerosAreNear: false });
    expect(counted(2)).toMatchObject({ zeros: 3, counts: Float64Array.of(1), zerosAreNear: true });
    expect(row(splitStack(a, b, 2))).toEqual([0, Math.fround(row(a)[1]!), 0, 0]);
    expect(histogramOf(splitStack(rectify(exact(-1, 1)), rectify(exact(1, 0)), 1), axis, 1)).toMatchObject({
      zeros: 2,
      counts: Float64Array.of(0),
      zerosAreNear: false,
    });
  });
});

describe('the changes of channels', () => {
  it('are those over all pictures, with the bounds of the log', () => {
    const [change] = measured([
      [exact(0, 0), exact(1, 1)],
      [exact(0, 0), exact(3, 3)],
    ]);
    expect(change).toMatchObject({ places: 4, meanAbsolute: { value: 2, lo: 2, hi: 2 } });
    const [bounded] = measured([[coded(100), coded(110)]]);
    expect(bounded?.meanAbsolute.lo).toBeCloseTo(0.09, 6);
    expect(bounded?.meanAbsolute.hi).toBeCloseTo(0.11, 6);
    const after = (stack: MapStack) => ({ ...stack, rectified: true });
    const [silent] = measured([[after(exact(-4, 1)), after(exact(-1, 3))]]);
    expect(silent?.meanAbsolute.value).toBe(1);
    expect(measured([])).toEqual([]);
  });
});

describe('of large maps, whose pairs of codes are counted,', () => {
  const small = (seed: number, isRectified: boolean): CodedStack => ({
    kind: 'codes',
    shape: [2, 16, 17],
    codes: Uint8Array.from({ length: 2 * 16 * 17 }, (_, at) => 128 + 120 * Math.sin(at * 0.7 + seed)),
    lo: Float32Array.of(-1, -3),
    hi: Float32Array.of(1.55, 0.5),
    marks: undefined,
    rectified: isRectified,
  });
  const TIMES = 256;
  /** Each map so many times, one below the other. */
  const repeated = (stack: CodedStack): CodedStack => {
    const [channels, height, width] = stack.shape;
    const codes = Array.from({ length: channels }, (_, channel) => {
      const map = [...stack.codes.subarray(channel * height * width, (channel + 1) * height * width)];
      return Array.from({ length: TIMES }, () => map).flat();
    });
    return { ...stack, shape: [channels, height * TIMES, width], codes: Uint8Array.from(codes.flat()) };
  };
  const cases = [false, true].map(
    (isRectified) => [small(0, isRectified), small(0.05, isRectified)] as const,
  );

  it.each(cases)('the difference is that of each place', (a, b) => {
    const [of, whole] = [differenceStack(a, b), differenceStack(repeated(a), repeated(b))];
    const [channels, height, width] = a.shape;
    for (let channel = 0; channel < channels; channel++)
      for (let y = 0; y < height * TIMES; y += 37)
        for (let x = 0; x < width; x++)
          expect(valueAt(whole.stack, channel, y, x)).toBe(valueAt(of.stack, channel, y % height, x));
    expect(of.uncertain).toBeGreaterThan(0);
    expect([whole.uncertain, whole.top]).toEqual([of.uncertain * TIMES, of.top]);
  });

  it.each(cases)('the measures are those over all places', (a, b) => {
    const few = measured([[a, b]]);
    for (const [channel, many] of measured([[repeated(a), repeated(b)]]).entries()) {
      const one = few[channel]!;
      expect(many.places).toBe(one.places * TIMES);
      for (const end of ['value', 'lo', 'hi'] as const) {
        expect(many.meanAbsolute[end]).toBeCloseTo(one.meanAbsolute[end], 12);
        expect(many.correlation![end]).toBeCloseTo(one.correlation![end], 9);
        expect(many.normB[end]).toBeCloseTo(one.normB[end] * Math.sqrt(TIMES), 9);
      }
    }
  });

  it('pictures with limits of their own are gone through place by place', () => {
    const [a, b] = [repeated(small(0, false)), repeated(small(1, false))];
    const other = { ...a, lo: Float32Array.of(-2, -4) };
    const [change] = measured([
      [a, b],
      [other, b],
    ]);
    const [first, second] = [measured([[a, b]])[0]!, measured([[other, b]])[0]!];
    expect(change!.meanAbsolute.value).toBeCloseTo(
      (first.meanAbsolute.value + second.meanAbsolute.value) / 2,
      12,
    );
  });
});
