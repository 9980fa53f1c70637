import { describe, expect, it } from 'vitest';
import { createLogBudget } from './log-budget.js';

describe('the budget of a log', () => {
  it('asks for captures twice, then four times as far apart as the log fills up, and for none when no maps fit', () => {
    const budget = createLogBudget(1000);
    const none = Number.POSITIVE_INFINITY;
    expect([0, 499, 500, 749, 750, 899, 900, 2000].map((written) => budget.captureStretch(written))).toEqual([
      1,
      1,
      2,
      2,
      4,
      4,
      none,
      none,
    ]);
  });

  it('keeps the last tenth for scalars', () => {
    const budget = createLogBudget(1000);
    expect(budget.fits(800, 100)).toBe(true);
    expect(budget.fits(800, 101)).toBe(false);
  });

  it('has no end when there is no limit', () => {
    const budget = createLogBudget(0);
    expect(budget.captureStretch(1e15)).toBe(1);
    expect(budget.fits(1e15, 1e9)).toBe(true);
  });
});
