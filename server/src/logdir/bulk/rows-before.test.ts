import { expect, it } from 'vitest';
import { RowsBefore } from './rows-before.js';

it('the rows of each tag are counted', () => {
  const before = new RowsBefore();
  expect([before.add('a', 3), before.add('b', 1), before.add('a', 2), before.add('a', 1)]).toEqual([
    0, 0, 3, 5,
  ]);
});

it('tags beyond the limits of a run take no memory, and those that are known are still counted', () => {
  const before = new RowsBefore({ columnsOfRun: 3, tagTextOfRun: 12 });
  before.add('known', 64);
  for (let tag = 0; tag < 100; tag++) expect(before.add(`a long tag ${tag}`, 1)).toBe(0);
  expect(before.tags).toBe(1);
  before.add('b', 1);
  before.add('c', 1);
  for (let tag = 0; tag < 100; tag++) before.add(`${tag}`, 1);
  expect(before.tags).toBe(3);
  expect(before.add('known', 1)).toBe(64);
});
