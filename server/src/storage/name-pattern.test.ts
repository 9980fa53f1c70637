import { expect, it } from 'vitest';
import { exactPattern, hasWildcard, matchNames, namePattern } from './name-pattern.js';

const match = (pattern: string, path: string) => matchNames(namePattern(pattern.split('/')), path.split('/'));

it.each([
  ['2024-*', '2024-05', 'whole'],
  ['2024-*', '2024-05/deeper/still', 'whole'],
  ['2024-*', '2023-05', 'no'],
  ['*/logs', 'a', 'above'],
  ['*/logs', 'a/logs', 'whole'],
  ['*/logs', 'a/other', 'no'],
  ['run?', 'run1', 'whole'],
  ['run?', 'run12', 'no'],
  ['run[0-3]', 'run2', 'whole'],
  ['run[0-3]', 'run4', 'no'],
  ['run[!0-3]', 'run4', 'whole'],
  ['[[]old]', '[old]', 'whole'],
  ['**/train', 'train', 'whole'],
  ['**/train', 'a/b/train', 'whole'],
  ['**/train', 'a/b', 'above'],
  ['a/**', 'a/b/c', 'whole'],
  ['*', '.hidden', 'no'],
  ['**/train', '.git/train', 'no'],
  ['.*', '.hidden', 'whole'],
  ['lr=0.1+*', 'lr=0.1+x', 'whole'],
  ['lr=0.1*', 'lr=0x1', 'no'],
])('the pattern %s makes of %s: %s', (pattern, path, expected) => {
  expect(match(pattern, path)).toBe(expected);
});

it('an exact pattern has no wildcards', () => {
  expect(matchNames(exactPattern(['a*']), ['a*'])).toBe('whole');
  expect(matchNames(exactPattern(['a*']), ['ab'])).toBe('no');
  expect(hasWildcard('runs/a*')).toBe(true);
  expect(hasWildcard('runs/a')).toBe(false);
});

it('what is not a pattern is refused with a sentence', () => {
  expect(() => namePattern(['[z-a]'])).toThrow('[z-a] is not a pattern of names');
});
