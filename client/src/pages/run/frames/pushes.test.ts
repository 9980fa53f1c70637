import { expect, test } from 'vitest';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { Pushes } from './pushes.js';

const TAG = 'conv1/preactivation';

/** The data of a run with so many captures. */
function dataOf(rows: number): RunData {
  return { blob: () => ({ rows }) } as unknown as RunData;
}

test('rows that lie between two pushes of followed maps were passed over', () => {
  const pushes = new Pushes();
  pushes.came({ tag: TAG, row: 4 }, true);
  pushes.came({ tag: TAG, row: 5 }, true);
  expect(pushes.skipped.get()).toBe(0);
  pushes.came({ tag: TAG, row: 8 }, true);
  expect(pushes.skipped.get()).toBe(2);
  pushes.came({ tag: 'conv2/preactivation', row: 3 }, false);
  pushes.came({ tag: 'conv2/preactivation', row: 9 }, false);
  expect(pushes.skipped.get()).toBe(2);
});

test('the hub pushes what comes after the rows known at first, and after the last push', () => {
  const pushes = new Pushes();
  expect(pushes.comingFrom(dataOf(3), TAG)).toBe(3);
  expect(pushes.comingFrom(dataOf(7), TAG)).toBe(3);
  pushes.came({ tag: TAG, row: 6 }, true);
  expect(pushes.comingFrom(dataOf(7), TAG)).toBe(7);
});

const nothing = () => false;

test('a credit is given once, for a push that was decoded', () => {
  const credits: string[] = [];
  const source = { credit: (run: string, tag: string) => credits.push(`${run}/${tag}`) };
  const pushes = new Pushes();
  pushes.decoding('key', TAG);
  expect(pushes.isDecoding(TAG, nothing)).toBe(true);
  expect(pushes.isDecoding(TAG, (key) => key === 'key')).toBe(false);
  expect(pushes.decoded('another')).toBeUndefined();
  pushes.payCredits(source as unknown as Source, 'a');
  expect(credits).toEqual([]);
  expect(pushes.decoded('key')).toBe(TAG);
  expect(pushes.isDecoding(TAG, nothing)).toBe(false);
  pushes.payCredits(source as unknown as Source, 'a');
  pushes.payCredits(source as unknown as Source, 'a');
  expect(credits).toEqual([`a/${TAG}`]);
});
