import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from './pace.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the rest of the page follows every move of a playhead that rests between them', () => {
  const pace = new Pace(() => undefined);
  for (let move = 0; move < 5; move++) {
    expect(pace.mayFollow(false)).toBe(true);
    vi.advanceTimersByTime(16);
  }
});

test('it follows a playhead that moves a few times a second', () => {
  const pace = new Pace(() => undefined);
  let followed = 0;
  for (let frame = 0; frame < 60; frame++) {
    if (pace.mayFollow(true)) followed++;
    vi.advanceTimersByTime(1000 / 60);
  }
  expect(followed).toBeGreaterThanOrEqual(2);
  expect(followed).toBeLessThanOrEqual(4);
});

test('what could not follow is called for later, and what rests follows at once', () => {
  const due = vi.fn();
  const pace = new Pace(due);
  pace.mayFollow(true);
  expect(pace.mayFollow(true)).toBe(false);
  expect(pace.mayFollow(false)).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(due).not.toHaveBeenCalled();
  pace.mayFollow(true);
  pace.mayFollow(true);
  vi.advanceTimersByTime(1_000);
  expect(due).toHaveBeenCalledOnce();
});
