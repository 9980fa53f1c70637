import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { percentilesOf } from './histogram-percentiles.js';
import { type BinRange, binRange, DEFAULT_BINS, rebin } from './rebin-histograms.js';

/** What TensorBoard makes of the histograms of the fixtures, which expected.json lists as its readers return them. */
interface Expected {
  fixtures: {
    fixture: string;
    run: string;
    tag: string;
    percentiles: number[][];
    range: BinRange;
    bins: number[][];
  }[];
  made: {
    name: string;
    buckets: number[][];
    percentiles: number[];
    range: BinRange | null;
    bins: number[];
  }[];
  together: { buckets: number[][][]; range: BinRange; bins: number[][] };
}

const json = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const expected: Expected = json('./fixtures/tensorboard-histograms.json');

function histogramsOf(fixture: string, run: string, tag: string): Float64Array[] {
  const { runs } = json(`./event-log/fixtures/events/${fixture}/expected.json`);
  const { events }: { events: { buckets: number[][] }[] } = runs[run].tags[tag];
  return events.map(({ buckets }) => Float64Array.from(buckets.flat()));
}

/** Within the rounding of sums that are added in another order. */
function expectClose(found: Float64Array, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  const scale = Math.max(...wanted.map(Math.abs), Number.MIN_VALUE);
  for (const [at, value] of wanted.entries())
    expect(Math.abs(found[at]! - value) / scale).toBeLessThan(1e-12);
}

describe("TensorBoard's numbers", () => {
  for (const { fixture, run, tag, percentiles, range, bins } of expected.fixtures) {
    it(`are those of ${tag} in ${fixture}/${run}`, () => {
      const histograms = histogramsOf(fixture, run, tag);
      expect(histograms.length).toBe(percentiles.length);
      expect(binRange(histograms)).toEqual(range);
      for (const [at, histogram] of histograms.entries()) {
        expectClose(percentilesOf(histogram), percentiles[at]!);
        expectClose(rebin(histogram, range, DEFAULT_BINS), bins[at]!);
      }
    });
  }
  for (const { name, buckets, percentiles, range, bins } of expected.made) {
    it(`are those of a histogram with ${name}`, () => {
      const histogram = Float64Array.from(buckets.flat());
      expectClose(percentilesOf(histogram), percentiles);
      expect(binRange([histogram]) ?? null).toEqual(range);
      if (range !== null) expectClose(rebin(histogram, range, 4), bins);
    });
  }
  it('are those of histograms with different buckets', () => {
    const { range, bins } = expected.together;
    const histograms = expected.together.buckets.map((buckets) => Float64Array.from(buckets.flat()));
    expect(binRange(histograms)).toEqual(range);
    for (const [at, histogram] of histograms.entries()) expectClose(rebin(histogram, range, 6), bins[at]!);
  });
});

describe('limits that are not finite or very large', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity, MAX_VALUE: most } = Number;
  const open = Float64Array.of(-infinity, 0, 3, 0, 1, 5, 1, infinity, 2);

  it('take nothing from the range of the others', () => {
    expect(binRange([open])).toEqual({ left: 0, right: 1 });
    expect(binRange([Float64Array.of(nan, 1, 2, 1, nan, 3), Float64Array.of(2, 3, 1)])).toEqual({
      left: 2,
      right: 3,
    });
    expect(binRange([Float64Array.of(nan, nan, 2)])).toBeUndefined();
    expect(binRange([Float64Array.of(-infinity, infinity, 2)])).toBeUndefined();
    expect(binRange([Float64Array.of(-infinity, -infinity, 2)])).toBeUndefined();
    const { left, right } = binRange([Float64Array.of(-most, most, 2)])!;
    expect(Number.isFinite(right - left)).toBe(true);
  });

  it('count where their finite limit is', () => {
    expect([...rebin(open, { left: 0, right: 1 }, 4)]).toEqual([4.25, 1.25, 1.25, 3.25]);
    expect([...rebin(Float64Array.of(nan, 1, 2, 1, nan, 3), { left: 0, right: 2 }, 2)]).toEqual([0, 0]);
    const whole = Float64Array.of(-most, most, 2);
    expect([...rebin(whole, binRange([whole])!, 2)]).toEqual([1, 1]);
  });

  it('are divided between bins as others are', () => {
    const huge = Float64Array.of(0, 1e299, 5e17, 1e299, 1e300, 5e17);
    const counts = rebin(huge, { left: 0, right: 1e300 }, 10);
    expect(counts[0]).toBeCloseTo(5e17, -6);
    expect(counts.every((count) => count >= 5e16 && count <= 6e17)).toBe(true);
  });

  it('are the least and the greatest value, and no percentile is NaN', () => {
    expect([...percentilesOf(open)]).toEqual([
      -infinity,
      0,
      0,
      expect.closeTo(0.017, 3),
      0.4,
      0.783,
      1,
      1,
      infinity,
    ]);
    expect([...percentilesOf(Float64Array.of(0, 1e299, 1, 1e299, 1e300, 1))].every(Number.isFinite)).toBe(
      true,
    );
    expect(percentilesOf(Float64Array.of(-most, most, 2))[4]).toBe(0);
  });
});

describe('binning', () => {
  it('keeps the count up to the rounding of edges, whatever the buckets', () => {
    const histogram = Float64Array.of(-3, -2.9, 7, -2.9, 0, 3, 0, 0, 5, 0, 1e-12, 2, 1e-12, 4, 11);
    for (const bins of [1, 2, 7, 30, 121]) {
      const counts = rebin(histogram, { left: -5, right: 6 }, bins);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(28, 3);
    }
  });
});
