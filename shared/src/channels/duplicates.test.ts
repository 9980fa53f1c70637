import { expect, it } from 'vitest';
import { randomFrom } from '../testing/fuzz/random.js';
import { findDuplicates } from './duplicates.js';

it('nothing is searched among more channels than a layer can have', () => {
  const channels = 100_000;
  const maps = [Float32Array.from({ length: 2 * channels }, (_, at) => at % 7)];
  expect(findDuplicates(maps, channels)).toEqual([]);
  const ramp = Float32Array.from({ length: 2 * 32 }, (_, at) => (at % 32) * (at < 32 ? 1 : 2));
  expect(findDuplicates([ramp], 2)).toMatchObject([{ channel: 1, of: 0 }]);
});

it('channels that differ in a few places only are compared up to a limit', () => {
  const [channels, places] = [1200, 4096];
  // Each has one bright place, which the sample leaves out.
  const map = new Uint8Array(channels * places);
  for (let channel = 0; channel < channels; channel++) map[channel * places + 2 * channel + 1] = 255;
  const began = process.cpuUsage();
  findDuplicates([map], channels);
  // All pairs take ten billion values.
  expect(process.cpuUsage(began).user / 1e6).toBeLessThan(10);
}, 60_000);

it('of a few values nothing is said, since those of many channels are proportional by chance', () => {
  const random = randomFrom(7);
  const independent = (values: number) => Float32Array.from({ length: 1000 * values }, random);
  expect(findDuplicates([independent(4)], 1000)).toEqual([]);
  expect(findDuplicates([independent(4), independent(4), independent(4)], 1000)).toEqual([]);
  expect(findDuplicates([independent(32)], 1000)).toEqual([]);
});

it('of vectors for a few pictures nothing is said, since two values are always proportional', () => {
  const pictures = [Float32Array.of(1, 2, 5), Float32Array.of(2, 4, 3)];
  expect(findDuplicates(pictures, 3)).toEqual([]);
  const many = Array.from({ length: 8 }, (_, index) => Float32Array.of(index, 2 * index, index % 3));
  expect(findDuplicates(many, 3).map(({ channel, of }) => [channel, of])).toEqual([[1, 0]]);
});
