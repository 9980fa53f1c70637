import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { meanLine } from './mean-line.js';
import { groupByIn, groupByText, groupingKeys, groupsOf } from './run-groups.js';

function run(name: string, config: RunSummary['config'] = {}): RunSummary {
  return runSummary(name, { config });
}

const RUNS = [
  run('a_seed1', { lr: 0.1, seed: 1 }),
  run('b_seed1', { lr: 0.2, seed: 1 }),
  run('a_seed2', { lr: 0.1, seed: 2 }),
  run('other'),
];
const names = (text: string) =>
  groupsOf(RUNS, groupByIn(text)).map((group) => [group.name, group.runs.length]);

test('runs are put together by their name without its last number, a value, or a regular expression', () => {
  expect(names('name')).toEqual([
    ['a_seed…', 2],
    ['b_seed1', 1],
    ['other', 1],
  ]);
  expect(names('config:lr')).toEqual([
    ['lr 0.1', 2],
    ['b_seed1', 1],
    ['other', 1],
  ]);
  expect(names('regex:_(seed\\d)')).toEqual([
    ['seed1', 2],
    ['a_seed2', 1],
    ['other', 1],
  ]);
  expect(names('')).toHaveLength(4);
  expect(names('regex:(')).toHaveLength(4);
});

test('what runs are put together by is kept as a text', () => {
  for (const text of ['', 'name', 'config:lr', 'regex:a:b']) expect(groupByText(groupByIn(text))).toBe(text);
  expect(groupByText(groupByIn('anything'))).toBe('');
});

test('values by which runs can be put together differ, but not between all of them', () => {
  expect(groupingKeys(RUNS)).toEqual(['lr', 'seed']);
  expect(groupingKeys([run('a', { lr: 1 }), run('b', { lr: 2 })])).toEqual([]);
});

test('the mean is taken where any run has a point, over those that reach there', () => {
  const mean = meanLine([
    [
      { x: 0, y: 1 },
      { x: 10, y: 3 },
    ],
    [
      { x: 0, y: 3 },
      { x: 5, y: 4 },
      { x: 10, y: 5 },
      { x: 20, y: 9 },
    ],
  ]);
  expect(mean.map(({ x, mean: at, of }) => [x, at, of])).toEqual([
    [0, 2, 2],
    [5, 3, 2],
    [10, 4, 2],
    [20, 9, 1],
  ]);
  expect(mean[0]).toMatchObject({ lowest: 1, highest: 3, deviation: Math.SQRT2 });
  expect(mean[3]).toMatchObject({ deviation: 0 });
});

test('a value that is not finite counts in no mean', () => {
  const mean = meanLine([
    [
      { x: 0, y: 1 },
      { x: 1, y: Number.NaN },
      { x: 2, y: 3 },
    ],
    [
      { x: 0, y: 3 },
      { x: 1, y: 4 },
      { x: 2, y: 5 },
    ],
  ]);
  expect(mean.map(({ mean: at, of }) => [at, of])).toEqual([
    [2, 2],
    [4, 1],
    [4, 2],
  ]);
});
