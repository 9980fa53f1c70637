import fc from 'fast-check';
import { expect, it } from 'vitest';
import { channelStatistics } from './statistics.js';

const one = (values: number[], role: 'preactivation' | 'output' = 'output') =>
  channelStatistics(
    Float32Array.from(values),
    { pictures: 1, height: 1, width: values.length, channels: 1 },
    'NHWC',
    role,
  );

it('are those computed by hand for two channels in both layouts', () => {
  const shape = { pictures: 2, height: 1, width: 2, channels: 2 };
  const nhwc = channelStatistics(
    Float32Array.from([1, -2, 3, 0, 5, -4, 7, 0]),
    shape,
    'NHWC',
    'preactivation',
  );
  const nchw = channelStatistics(
    Float32Array.from([1, 3, -2, 0, 5, 7, -4, 0]),
    shape,
    'NCHW',
    'preactivation',
  );
  for (const statistics of [nhwc, nchw]) {
    expect(statistics.pictures).toBe(2);
    expect([...statistics.min]).toEqual([1, -4]);
    expect([...statistics.max]).toEqual([7, 0]);
    expect([...statistics.mean]).toEqual([4, -1.5]);
    expect(statistics.std[0]).toBeCloseTo(Math.sqrt(5), 6);
    expect(statistics.std[1]).toBeCloseTo(Math.sqrt(2.75), 6);
    expect([...statistics.zeroFraction]).toEqual([0, 1]);
    expect([...statistics.nonFinite]).toEqual([0, 0]);
  }
});

it('count values of exactly 0 as silent when no ReLU follows', () => {
  expect(one([-1, 0, 0, 2]).zeroFraction[0]).toBe(0.5);
  expect(one([-1, 0, 0, 2], 'preactivation').zeroFraction[0]).toBe(0.75);
});

it('count non-finite values and ignore them otherwise', () => {
  const statistics = one([NaN, 1, Infinity, 3, -Infinity]);
  expect([statistics.min[0], statistics.max[0], statistics.mean[0], statistics.std[0]]).toEqual([1, 3, 2, 1]);
  expect(statistics.nonFinite[0]).toBe(3);
  const nothing = one([NaN, NaN]);
  expect([nothing.min[0], nothing.max[0], nothing.mean[0], nothing.std[0]]).toEqual([NaN, NaN, NaN, NaN]);
  expect([nothing.zeroFraction[0], nothing.nonFinite[0]]).toEqual([0, 2]);
});

it('are accurate for a small spread around a large mean', () => {
  const values = Array.from({ length: 4096 }, (_, index) => Math.fround(10_000 + (index % 2 ? 0.5 : -0.5)));
  expect(one(values).std[0]).toBeCloseTo(0.5, 6);
  expect(one([1e6, ...values]).max[0]).toBe(1e6);
});

it('agree with the two-pass definition', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 }),
      (values) => {
        const statistics = one(values);
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
        expect(Math.abs(statistics.mean[0]! - mean)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(mean)));
        expect(Math.abs(statistics.std[0]! - Math.sqrt(variance))).toBeLessThanOrEqual(
          1e-5 * (1 + Math.sqrt(variance)),
        );
      },
    ),
  );
});
