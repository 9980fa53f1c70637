import { expect, it } from 'vitest';
import { channelHealth } from './health.js';
import { channelStatistics } from './statistics.js';

/** Maps [channel][value] of one picture, seen as pre-activations before ReLU. */
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

it('names each sickness and leaves the healthy alone', () => {
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

it('calls nothing dead or always on where no ReLU follows', () => {
  const health = healthOf(
    [
      [-1, -2, -3, -4],
      [1, 2, 9, 3],
    ],
    'none',
  );
  expect(health.map(({ conditions }) => conditions)).toEqual([[], []]);
});

it('calls a channel of nothing but NaN non-finite and nothing else', () => {
  expect(healthOf([[NaN, NaN, NaN]])[0]!.conditions).toEqual(['non-finite']);
});

it('finds the duplicates among a thousand channels, in a second, and no others', () => {
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
  const started = performance.now();
  const health = channelHealth({
    role: 'preactivation',
    activation: 'relu',
    channels,
    statistics,
    maps: pictures,
  });
  expect(performance.now() - started).toBeLessThan(1000);
  const sick = health.flatMap((one, channel) =>
    one.duplicateOf === undefined ? [] : [[channel, one.duplicateOf.channel]],
  );
  expect(sick).toEqual([[900, 3]]);
});
