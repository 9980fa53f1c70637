import { expect, test } from 'vitest';
import { widened } from './run-ranges.js';

const range = (min: number, max: number) => ({ min, max, absolute: Math.max(-min, max), positive: max });

test('a range only becomes wider, tag by tag', () => {
  const one = widened(new Map(), 'a', range(-1, 2));
  const two = widened(one, 'a', range(-3, 1));
  const three = widened(two, 'b', range(0, 9));
  expect(three.get('a')).toEqual(range(-3, 2));
  expect(three.get('b')).toEqual(range(0, 9));
  expect(one.get('a')).toEqual(range(-1, 2));
});

test('a range within what was seen changes nothing', () => {
  const ranges = widened(new Map(), 'a', range(-1, 2));
  expect(widened(ranges, 'a', range(-1, 1))).toBe(ranges);
});
