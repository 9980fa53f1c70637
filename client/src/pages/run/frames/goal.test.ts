import { expect, test } from 'vitest';
import { soonAfter } from './goal.js';

const still = { following: false, playback: { playing: false, loop: false } };

test('around a capture that is looked at, its neighbours are fetched ahead', () => {
  expect(soonAfter(5, 10, still)).toEqual([6, 4, 7, 3]);
  expect(soonAfter(0, 2, still)).toEqual([1]);
  expect(soonAfter(-1, 10, still)).toEqual([]);
});

test('while playing the next captures are fetched ahead, from the beginning again in a loop', () => {
  const playing = { following: false, playback: { playing: true, loop: false } };
  expect(soonAfter(6, 10, playing)).toEqual([7, 8, 9]);
  expect(soonAfter(8, 10, { ...playing, playback: { playing: true, loop: true } }).slice(0, 3)).toEqual([
    9, 0, 1,
  ]);
});

test('while following nothing is fetched ahead', () => {
  expect(soonAfter(5, 10, { ...still, following: true })).toEqual([]);
});
