import { expect, test } from 'vitest';
import { fileName, queryOf } from './take-away.js';
import { tableText } from './value-rows.js';

test('the numbers of a card are asked for by its runs, tags and part', () => {
  const query = queryOf({
    runs: ['a&b', 'c'],
    tags: ['train/loss'],
    format: 'csv',
    x: 'wall',
    part: { first: 1.5, last: 2 },
  });
  expect(query.toString()).toBe('run=a%26b&run=c&tag=train%2Floss&format=csv&x=wall&from=1.5&to=2');
});

test('a file has a name that every file system takes', () => {
  expect(fileName(['train/loss', 'val/loss'], 'png')).toBe('train_loss+val_loss.png');
  expect(fileName(['../..'], 'csv')).toBe('scalars.csv');
  expect(fileName(['Verlust ä:*?'], 'svg')).toBe('Verlust_ä_.svg');
  expect(fileName(['x'.repeat(500)], 'json')).toHaveLength(105);
});

test('the table is copied with every digit', () => {
  const row = {
    key: 'a',
    label: 'a',
    colour: '#000000',
    dash: undefined,
    smoothed: 0.1,
    value: 1 / 3,
    x: 7,
    step: 7,
  };
  const text = tableText(
    [{ ...row, wallTime: 1, lowest: -1e-12, highest: undefined, best: { x: 3, y: -1e-12 } }],
    () => 'noon',
  );
  expect(text.split('\n')[1]).toBe('a\t0.1\t0.3333333333333333\t7\tnoon\t-1e-12\t\t-1e-12\t3');
});
