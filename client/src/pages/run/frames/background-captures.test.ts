import { expect, test } from 'vitest';
import { scanIndices } from './background-captures.js';

test('a run that grows asks for no capture that lies before what it asked for', () => {
  let before: number[] = [];
  for (let count = 1; count < 2000; count++) {
    const now = scanIndices(count);
    const fresh = now.filter((index) => !before.includes(index));
    // The newest at most: everything else had been looked at.
    expect(fresh.filter((index) => index !== count - 1)).toEqual([]);
    before = now;
  }
});

test('not more than 24 captures are looked at, the first among them', () => {
  for (const count of [1, 24, 25, 153, 10_000]) {
    const indices = scanIndices(count);
    expect(indices[0]).toBe(0);
    expect(indices.length).toBeLessThanOrEqual(24);
    expect(indices.length).toBeGreaterThan(Math.min(count, 12) - 1);
  }
  expect(scanIndices(0)).toEqual([]);
});
