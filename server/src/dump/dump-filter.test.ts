import { expect, it } from 'vitest';
import { passesFilter, passesGaps } from './dump-filter.js';

const value = { tag: 'train/loss', kind: 'scalar' };

it('passes what matches everything that is given', () => {
  const passes = (filter: Parameters<typeof passesFilter>[0], step: number | bigint = 10) =>
    passesFilter(filter)(value, step);
  expect(passes({})).toBe(true);
  expect(passes({ tags: ['train/loss'], kinds: ['scalar'], from: 10, to: 10 })).toBe(true);
  expect(passes({ tags: ['train'] })).toBe(false);
  expect(passes({ kinds: ['image'] })).toBe(false);
  expect(passes({ from: 11 })).toBe(false);
  expect(passes({ to: 9 })).toBe(false);
  expect(passes({ from: 11 }, 2n ** 60n)).toBe(true);
});

it('takes * in a tag for any characters, and all others as they are', () => {
  const matches = (pattern: string, tag: string) => passesFilter({ tags: [pattern] })({ tag, kind: '' }, 0);
  expect(['train/*', '*loss', '*', 't*/l*s'].map((pattern) => matches(pattern, value.tag))).toEqual(
    Array(4).fill(true),
  );
  expect(matches('a.c', 'abc')).toBe(false);
  expect(matches('a(1)[2]+\\?', 'a(1)[2]+\\?')).toBe(true);
  expect(matches('a*', 'a\nb')).toBe(true);
});

it('passes damage unless the kinds leave it out', () => {
  expect([{}, { tags: ['x'], from: 3 }, { kinds: ['gap'] }, { kinds: ['scalar'] }].map(passesGaps)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
