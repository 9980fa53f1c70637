import { expect, it } from 'vitest';
import { channelHealth } from './health.js';
import { channelStatistics } from './statistics.js';

/** Health of maps [channel][value] of one picture, as pre-activations before ReLU. */
function healthOf(maps: number[][], activation: 'relu' | 'none' = 'relu') {
  const values = Float32Array.from(maps.flat());
  const shape = { pictures: 1, height: 1, width: maps[0]!.length, channels: maps.length };
  const statistics = channelStatistics(values, shape, 'NCHW', 'preactivation');
  return channelHealth({
    role: 'preactivation',
    activation,
    channels: maps.length,
    statistics,
    maps: [values],
  });
}

it('names each problem, and none for healthy channels', () => {
  const health = healthOf([
    [-1, 2, -3, 0.5],
    [-1, -2, 0, -0.1],
    [1, 2, 1, 3],
    [4, 4, 4, 4],
    [NaN, 1, -1, 2],
    [-2, 4, -6, 1],
    [1, -2, 3, -0.5],
  ]);
  expect(health.map(({ conditions }) => conditions)).toEqual([
    [],
    ['dead'],
    ['always-on'],
    ['constant'],
    ['non-finite'],
    ['duplicate'],
    ['duplicate'],
  ]);
  expect(health[5]!.duplicateOf!.channel).toBe(0);
  expect(health[5]!.duplicateOf!.correlation).toBeCloseTo(1, 6);
  expect(health[6]!.duplicateOf!.channel).toBe(0);
  expect(health[6]!.duplicateOf!.correlation).toBeCloseTo(-1, 6);
});

it('calls no channel dead or always on without a ReLU', () => {
  const health = healthOf(
    [
      [-1, -2, -3, -4],
      [1, 2, 9, 3],
    ],
    'none',
  );
  expect(health.map(({ conditions }) => conditions)).toEqual([[], []]);
});

it('calls a channel of only NaN non-finite and nothing else', () => {
  expect(healthOf([[NaN, NaN, NaN]])[0]!.conditions).toEqual(['non-finite']);
});

it('calls channels duplicates from a correlation of 0.999 on', () => {
  const places = 300;
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  const base = Array.from({ length: places }, random);
  // Less and less noise, half of them negated; the first is the base.
  const channels = [
    base,
    ...Array.from({ length: 40 }, (_, k) => {
      const [noise, sign] = [0.1 * 0.93 ** k, k % 2 === 0 ? 3 : -3];
      return base.map((value) => sign * (value + noise * random()));
    }),
  ];
  const correlationWithBase = (channel: number[]) => {
    const centred = [base, channel].map((values) => {
      const mean = values.reduce((a, b) => a + b) / places;
      return values.map((value) => value - mean);
    });
    const product = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    const [a, b] = centred as [number[], number[]];
    return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  };
  const correlations = channels.map(correlationWithBase);
  const wanted = correlations.map((correlation, at) => at > 0 && Math.abs(correlation) >= 0.999);
  expect(new Set(wanted.slice(1))).toEqual(new Set([true, false]));
  const health = healthOf(channels, 'none');
  const found = health.map(({ duplicateOf }) => duplicateOf?.channel === 0);
  expect(found).toEqual(wanted);
  for (const [at, { duplicateOf }] of health.entries())
    if (duplicateOf?.channel === 0) expect(duplicateOf.correlation).toBeCloseTo(correlations[at]!, 5);
});

it('finds the duplicate among a thousand channels, and no others', () => {
  const channels = 1024;
  const places = 64;
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  const pictures = Array.from({ length: 8 }, () => Float32Array.from({ length: channels * places }, random));
  for (const picture of pictures) {
    const copy = picture.subarray(3 * places, 4 * places).map((value) => -2 * value);
    picture.set(copy, 900 * places);
  }
  const values = Float32Array.from(pictures.flatMap((picture) => [...picture]));
  const shape = { pictures: 8, height: 8, width: 8, channels };
  const statistics = channelStatistics(values, shape, 'NCHW', 'preactivation');
  const health = channelHealth({
    role: 'preactivation',
    activation: 'relu',
    channels,
    statistics,
    maps: pictures,
  });
  const sick = health.flatMap((one, channel) =>
    one.duplicateOf === undefined ? [] : [[channel, one.duplicateOf.channel]],
  );
  expect(sick).toEqual([[900, 3]]);
});
