import { expect, test } from 'vitest';
import { durationText } from './duration-text.js';

test('a length of time is said in the unit that people use for it', () => {
  expect([0, 12.9, 60, 150, 3599, 3600, 47.9 * 3600, 48 * 3600, 95_956_419].map(durationText)).toEqual([
    ...['0 s', '12 s', '1 min', '2 min', '59 min', '1 h', '47 h', '2 d', '3 years'],
  ]);
});
