import { describe, expect, it } from 'vitest';
import { scheduledRate } from './schedule.js';

describe('the learning rate schedule', () => {
  it('falls along a cosine from the base rate', () => {
    // 0.05 * (1 + math.cos(math.pi * k / 8)) in Python, the closed form of CosineAnnealingLR(T_max=8) from 0.1.
    const expected = [
      0.1, 0.09619397662556, 0.08535533905933, 0.06913417161825, 0.05, 0.03086582838175, 0.01464466094067,
      0.00380602337444,
    ];
    expected.forEach((rate, step) => {
      expect(scheduledRate('cosine', 0.1, step, 8)).toBeCloseTo(rate, 12);
    });
  });
  it('stays when constant', () => {
    expect([0, 5, 9].map((step) => scheduledRate('constant', 0.3, step, 10))).toEqual([0.3, 0.3, 0.3]);
  });
  it('divides by ten at half and at three quarters when in steps', () => {
    const rates = [0, 49, 50, 74, 75, 99].map((step) => scheduledRate('step', 1, step, 100));
    [1, 1, 0.1, 0.1, 0.01, 0.01].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });
});
