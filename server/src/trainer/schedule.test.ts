import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scheduledRate } from './schedule.js';

describe('the learning rate schedule', () => {
  it("follows PyTorch's cosine", () => {
    const file = new URL('./fixtures/torch-optimizers.json', import.meta.url);
    const { cosine } = JSON.parse(readFileSync(file, 'utf8')) as { cosine: number[] };
    expect(cosine).toHaveLength(8);
    cosine.forEach((rate, step) => {
      expect(scheduledRate('cosine', 0.1, step, 8)).toBeCloseTo(rate, 12);
    });
  });
  it('does not change when constant', () => {
    expect([0, 5, 9].map((step) => scheduledRate('constant', 0.3, step, 10))).toEqual([0.3, 0.3, 0.3]);
  });
  it('divides the rate by ten at half and at three quarters of the run when stepped', () => {
    const rates = [0, 49, 50, 74, 75, 99].map((step) => scheduledRate('step', 1, step, 100));
    [1, 1, 0.1, 0.1, 0.01, 0.01].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });
});
