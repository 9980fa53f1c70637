import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { histogramOf } from './histogram.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'));
const rows = (flat: Float64Array) =>
  Array.from({ length: flat.length / 3 }, (_, at) => [...flat.subarray(at * 3, at * 3 + 3)]);

describe('histograms', () => {
  const {
    cases,
  }: { cases: { name: string; values: number[]; buckets: number | null; expected: number[][] }[] } =
    fixture('histogram-pb.json');
  for (const { name, values, buckets, expected } of cases) {
    it(`are those of TensorBoard's own writer: ${name}`, () => {
      const found = rows(histogramOf(Float32Array.from(values), buckets ?? undefined));
      expect(found.map((row) => row[2])).toEqual(expected.map((row) => row[2]));
      for (const [index, [left, right]] of expected.entries()) {
        const scale = Math.max(Math.abs(left!), Math.abs(right!)) + Number.MIN_VALUE;
        expect(Math.abs(found[index]![0]! - left!) / scale).toBeLessThan(1e-12);
        expect(Math.abs(found[index]![1]! - right!) / scale).toBeLessThan(1e-12);
      }
    });
  }

  interface TorchCase {
    name: string;
    values: number[];
    bins: number | string;
    bucket_limit: number[];
    bucket: number[];
  }
  const torch: { cases: TorchCase[] } = fixture('writer/histograms.json');
  for (const { name, values, bins, bucket_limit, bucket } of torch.cases) {
    // torch writes one empty bucket before the others; its other binnings are not ours.
    if (typeof bins !== 'number') continue;
    it(`count as torch's add_histogram does with a number of bins: ${name}`, () => {
      const found = rows(histogramOf(Float32Array.from(values), bins));
      expect(found.map((row) => row[2])).toEqual(bucket.slice(1));
      for (const [index, row] of found.entries()) expect(row[1]).toBeCloseTo(bucket_limit[index + 1]!, 5);
    });
  }

  it('leave non-finite values out', () => {
    expect(rows(histogramOf(Float32Array.from([NaN, 1, Infinity, 3, -Infinity]), 2))).toEqual([
      [1, 2, 1],
      [2, 3, 1],
    ]);
    expect(rows(histogramOf(Float32Array.from([NaN]), 1))).toEqual([[0, 0, 0]]);
  });
});
