import { expect, test } from 'vitest';
import { playedAfter } from './goal.js';

test('while playing the next captures are fetched ahead, from the beginning again in a loop', () => {
  expect(playedAfter(6, 10, false)).toEqual([7, 8, 9]);
  expect(playedAfter(8, 10, true).slice(0, 3)).toEqual([9, 0, 1]);
});
