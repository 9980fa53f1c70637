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

describe('binning', () => {
  it('keeps the count up to the rounding of edges, whatever the buckets', () => {
    const histogram = Float64Array.of(-3, -2.9, 7, -2.9, 0, 3, 0, 0, 5, 0, 1e-12, 2, 1e-12, 4, 11);
    for (const bins of [1, 2, 7, 30, 121]) {
      const counts = rebin(histogram, { left: -5, right: 6 }, bins);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(28, 3);
    }
  });
});
