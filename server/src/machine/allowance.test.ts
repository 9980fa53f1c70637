import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAllowance } from './allowance.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('allows a burst, then the average rate, and after a pause no more than a burst again', () => {
  const take = createAllowance({ aSecond: 10, burst: 3 });
  const taken = () => {
    let count = 0;
    while (take()) count++;
    return count;
  };
  expect(taken()).toBe(3);
  expect(take()).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(taken()).toBe(3);
  vi.advanceTimersByTime(60_000);
  expect(taken()).toBe(3);
});
