import { expect, it } from 'vitest';
import { ticksOn } from './x-axis.js';

it.each([
  ['dates', 1_700_000_000, 1_700_000_000 + 86_400 * 40],
  ['hours', 1_700_000_000, 1_700_030_000],
  ['what is before all dates', -1e300, 1e300],
  ['what is far beyond all dates', 0, 1e300],
  ['two neighbours there', 1e300, 1e300 * (1 + Number.EPSILON)],
  ['the last dates', 8.64e12, 8.65e12],
])('an axis of %s has a few ticks within it', (_, lo, hi) => {
  const ticks = ticksOn('wall', { lo, hi }, 6);
  expect(ticks.length).toBeLessThanOrEqual(7);
  expect(ticks.every(({ at, text }) => at >= lo && at <= hi && text.length > 0)).toBe(true);
});
