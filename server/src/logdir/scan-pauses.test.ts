import { expect, it } from 'vitest';
import { pauseAfterScan, pauseBeforeScan } from './scan-pauses.js';

it('scans take a twentieth of the time, but a busy machine or a slow disk does not put the next one off by minutes', () => {
  expect([0.5, 100, 1000, 30_000].map((scanMs) => pauseAfterScan(scanMs, 1000))).toEqual([
    1000, 2000, 10_000, 30_000,
  ]);
});

it('a new directory is looked into at once, or soon where scans take long', () => {
  expect([0.5, 100, 1000, 30_000].map(pauseBeforeScan)).toEqual([20, 400, 4000, 30_000]);
});
