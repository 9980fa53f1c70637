import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DrawingCost, Pace } from './pace.js';

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

test('it follows a playhead that moves about once a second', () => {
  const pace = new Pace(() => undefined);
  let followed = 0;
  for (let frame = 0; frame < 180; frame++) {
    if (pace.mayFollow(true)) followed++;
    vi.advanceTimersByTime(1000 / 60);
  }
  expect(followed).toBeGreaterThanOrEqual(3);
  expect(followed).toBeLessThanOrEqual(5);
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

test('a layer whose panes take long to draw has its output drawn first, until a later try is quick', () => {
  const cost = new DrawingCost();
  expect(cost.isLow('layer4')).toBe(true);
  for (const took of [90, 90, 20, 90, 90]) cost.note('layer4', took);
  expect(cost.isLow('layer4')).toBe(true);
  cost.note('layer4', 90);
  const tries = () => Array.from({ length: 12 }, () => cost.isLow('layer4')).filter(Boolean).length;
  expect(tries()).toBe(2);
  cost.note('layer4', 90);
  expect(tries()).toBe(2);
  cost.note('layer4', 20);
  expect(tries()).toBe(12);
});

test('what was drawn of another layer does not count', () => {
  const cost = new DrawingCost();
  for (let draw = 0; draw < 3; draw++) {
    cost.isLow('conv1');
    cost.note('layer4', 90);
  }
  expect(cost.isLow('conv1')).toBe(true);
});
