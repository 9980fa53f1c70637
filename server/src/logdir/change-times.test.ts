import { expect, it } from 'vitest';
import { ChangeTimes } from './change-times.js';

it('knows whether a file changed within some seconds, before or after', () => {
  const times = new ChangeTimes();
  times.replace(null, 1000.5);
  times.replace(null, 5000);
  expect([975, 1000, 1029].map((at) => times.hasNear(at, 30))).toEqual([true, true, true]);
  expect([960, 1040, 4960].map((at) => times.hasNear(at, 30))).toEqual([false, false, false]);
  times.replace(1000.5, 2000);
  expect([1000, 2010].map((at) => times.hasNear(at, 30))).toEqual([false, true]);
});
