import { expect, it } from 'vitest';
import type { CaptureSummary } from './capture-summary.js';
import { findDuplicates } from './duplicates.js';
import { type Activation, channelHealth, firstSizes } from './health.js';
import { channelStatistics } from './statistics.js';

/** What a capture of these maps says, one [channel, place] array per picture. */
function captureOf(pictures: readonly Float32Array[], channels: number): CaptureSummary {
  const values = Float32Array.from(pictures.flatMap((picture) => [...picture]));
  const shape = { pictures: pictures.length, height: 1, width: pictures[0]!.length / channels, channels };
  const { min, max, nonFinite } = channelStatistics(values, shape, 'NCHW', 'preactivation');
  const range = { min: 0, max: 0, absolute: 0, positive: 0 };
  const duplicates = findDuplicates(pictures, channels);
  const isSingle = values.length === channels;
  return { step: 0, channels, pictures: pictures.length, isSingle, range, min, max, nonFinite, duplicates };
}

/** Health of maps [channel][value] of one picture. */
function healthOf(maps: number[][], activation: Activation = 'relu') {
  return channelHealth(captureOf([Float32Array.from(maps.flat())], maps.length), activation);
}

it('names each problem, and none for healthy channels', () => {
  const maps = [
    [-1, 2, -3, 0.5],
    [-1, -2, 0, -0.1],
    [1, 2, 1, 3],
    [4, 4, 4, 4],
    [NaN, 1, -1, 2],
    [-2, 4, -6, 1],
    [1, -2, 3, -0.5],
  ];
  // Eight times each, as nothing is said of channels with a few values that repeat others.
  const health = healthOf(maps.map((map) => Array.from({ length: 8 }, () => map).flat()));
  expect(health.map(({ conditions }) => conditions)).toEqual([
    [],
    ['dead'],
    ['always-on'],
    ['constant'],
    ['non-finite'],
    ['duplicate'],
    ['duplicate'],
  ]);
  expect(health[5]!.duplicate!.of).toBe(0);
  expect(health[5]!.duplicate!.correlation).toBeCloseTo(1, 6);
  expect(health[6]!.duplicate!.of).toBe(0);
  expect(health[6]!.duplicate!.correlation).toBeCloseTo(-1, 6);
});

it('says nothing of channels of which one value is known, unless it is not finite', () => {
  expect(healthOf([[0], [2], [2]])).toEqual([]);
  expect(healthOf([[0], [Number.NaN]]).map(({ conditions }) => conditions)).toEqual([[], ['non-finite']]);
  expect(healthOf([[0, 0]]).map(({ conditions }) => conditions)).toEqual([['dead']]);
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

it('calls a channel dead without knowing the activation only if it is 0 everywhere', () => {
  const maps = [
    [-1, -2, -3, -4],
    [0, 0, 0, 0],
    [2, 2, 2, 2],
    [0, 0, 1, 0],
  ];
  const conditions = (activation: Activation) => healthOf(maps, activation).map((one) => one.conditions);
  expect(conditions('unknown')).toEqual([[], ['dead'], ['constant'], []]);
  expect(conditions('none')).toEqual([[], ['constant'], ['constant'], []]);
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
  const found = health.map(({ duplicate }) => duplicate?.of === 0);
  expect(found).toEqual(wanted);
  for (const [at, { duplicate }] of health.entries())
    if (duplicate?.of === 0) expect(duplicate.correlation).toBeCloseTo(correlations[at]!, 5);
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
  const health = channelHealth(captureOf(pictures, channels), 'relu');
  const sick = health.flatMap((one, channel) =>
    one.duplicate === undefined ? [] : [[channel, one.duplicate.of]],
  );
  expect(sick).toEqual([[900, 3]]);
});

it('finds maps with a few bright pixels that repeat each other, and none that only look alike elsewhere', () => {
  const [channels, places] = [4, 4096];
  const picture = new Float32Array(channels * places);
  // Channels 1 and 3 are bright at the same three pixels, channel 2 at others, and channel 0 nowhere.
  for (const pixel of [5, 2001, 4002]) {
    picture[places + pixel] = 1 + pixel;
    picture[3 * places + pixel] = 2 + 2 * pixel;
    picture[2 * places + pixel + 1] = 1 + pixel;
  }
  const found = findDuplicates([picture, picture, picture], channels);
  expect(found.map(({ channel, of }) => [channel, of])).toEqual([[3, 1]]);
});

it('calls a channel exploding that is far larger than at first, but not one that had hardly begun', () => {
  const first = captureOf([Float32Array.from([1, -2, 1, 1, 3, -1, 1e-6, 0, 0])], 3);
  const later = captureOf([Float32Array.from([250, -2, 1, -9, 3, 4, 2, -1, 1])], 3);
  const sizes = firstSizes(first);
  // The median of 2, 3 and 1e-6 is 2.
  expect([...sizes!]).toEqual([2, 3, 2]);
  expect(channelHealth(later, 'relu', sizes).map(({ conditions }) => conditions)).toEqual([
    ['exploding'],
    [],
    [],
  ]);
  expect(firstSizes(captureOf([new Float32Array(4)], 2))).toBeUndefined();
});

it('takes no channel for exploding that is small beside the others at first, where most are 0 after ReLU', () => {
  // Five channels of a vector, of one value each.
  const first = captureOf([Float32Array.of(0, 0, 0, 0.001, 2)], 5);
  expect([...firstSizes(first)!]).toEqual([2, 2, 2, 2, 2]);
});
