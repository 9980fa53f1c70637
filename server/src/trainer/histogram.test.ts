import { describe, expect, it } from 'vitest';
import { histogramBuckets } from './histogram.js';

describe('histogram buckets', () => {
  it('hold every finite value once, in thirty equal buckets from smallest to largest', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const buckets = histogramBuckets(values);
    expect(buckets.length).toBe(90);
    expect(buckets[0]).toBe(Math.min(...values));
    expect(buckets[88]).toBe(Math.max(...values));
    let total = 0;
    for (let i = 0; i < 90; i += 3) {
      const [left, right] = [buckets[i]!, buckets[i + 1]!];
      const last = i === 87;
      const inside = values.filter(
        (value) => value >= left && (last ? value <= right : value < right),
      ).length;
      // A value on an edge may fall to either side of its rounding.
      expect(Math.abs(buckets[i + 2]! - inside)).toBeLessThanOrEqual(1);
      if (i > 0) expect(left).toBe(buckets[i - 2]);
      total += buckets[i + 2]!;
    }
    expect(total).toBe(1000);
  });

  it('leave out what is not finite', () => {
    const buckets = histogramBuckets(Float32Array.of(0, Number.NaN, 1, Number.POSITIVE_INFINITY));
    expect(buckets[2]! + buckets[89]!).toBe(2);
  });

  it('are one bucket of width 1 for a constant and none for nothing', () => {
    expect([...histogramBuckets(Float32Array.of(2, 2, 2))]).toEqual([1.5, 2.5, 3]);
    expect(histogramBuckets(Float32Array.of(Number.NaN)).length).toBe(0);
  });
});
