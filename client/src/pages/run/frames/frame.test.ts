import { indexAt } from '@convscope/shared/sorted.js';
import { expect, test } from 'vitest';
import { nearest } from './frame.js';

test('the capture at a step is the last that is not after it', () => {
  const steps = [0, 8, 16];
  expect([-1, 0, 7, 8, 100].map((step) => indexAt(steps, step))).toEqual([-1, 0, 0, 1, 2]);
});

test('scrubbing snaps to the nearest capture', () => {
  const steps = [0, 8, 100];
  expect([-5, 3, 5, 60, 900].map((step) => nearest(steps, step))).toEqual([0, 0, 8, 100, 100]);
  expect(nearest([], 3)).toBeUndefined();
});
