import { expect, test } from 'vitest';
import { hasRecords } from './has-records.js';

test('a run has records whether or not its writer gave them a time', () => {
  const none = { lastStep: -1, lastWallTime: 0 };
  expect(hasRecords(none)).toBe(false);
  expect(hasRecords({ ...none, kinds: [] })).toBe(false);
  expect(hasRecords({ ...none, kinds: ['scalar'] })).toBe(true);
  expect(hasRecords({ ...none, lastStep: 0 })).toBe(true);
  expect(hasRecords({ ...none, lastWallTime: 1.7e9 })).toBe(true);
});
