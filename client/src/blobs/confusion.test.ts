import { expect, test } from 'vitest';
import { accuracyOf, confusionRows } from './confusion.js';

test('rows are the true classes, and recall is the share of a row that lies on the diagonal', () => {
  const rows = confusionRows([8, 2, 0, 3, 6, 0, 0, 0, 0], [3, 3], ['cat', 'dog']);
  expect(rows).toEqual([
    { name: 'cat', counts: [8, 2, 0], total: 10, recall: 0.8 },
    { name: 'dog', counts: [3, 6, 0], total: 9, recall: 6 / 9 },
    { name: 'class 2', counts: [0, 0, 0], total: 0, recall: undefined },
  ]);
  expect(accuracyOf(rows)).toBe(14 / 19);
  expect(accuracyOf([])).toBeUndefined();
});

test('what is not a table of counts is refused with the reason', () => {
  expect(() => confusionRows([1, 2, 3, 4, 5, 6], [2, 3], [])).toThrow('has the shape [2, 3]');
  expect(() => confusionRows([1], [1, 1, 1], [])).toThrow('has the shape [1, 1, 1]');
  expect(() => confusionRows([1, Number.NaN, 0, 1], [2, 2], [])).toThrow('in row 0 that is not a count');
});
