import { describe, expect, it } from 'vitest';
import { budgetText, everyWithin, expectedCost, spacingText } from './cost-text.js';

describe('what captures cost, in words', () => {
  it('forecasts the distance that the trainer will choose, a round number', () => {
    const cost = { step: 100, base: 40, layers: { conv1: 29 }, gradients: null };
    expect(everyWithin(cost, { layers: null, gradients: false }, 0.03)).toBe(25);
    expect(everyWithin(cost, { layers: null, gradients: false }, 0.5)).toBe(10);
    expect(everyWithin(cost, { layers: null, gradients: true }, 0.03)).toBeUndefined();
    for (const none of [0, Number.NaN])
      expect(everyWithin(cost, { layers: null, gradients: false }, none)).toBeUndefined();
  });

  it('says why the forecast is below the budget', () => {
    const cost = { step: 100, base: 40, layers: { conv1: 29 }, gradients: null };
    expect(expectedCost(cost, { layers: null, gradients: false }, 25)).toBe(
      'A capture of this costs about 69 ms, with the work of the log writer: 2.7 % of the training time at every 25 steps.',
    );
    expect(budgetText(5, 25)).toBe(
      'Of the 5 %, 3 % are for this; the rest is left for sending, the hub and the browser, which are not measured.',
    );
    expect(budgetText(0.5, 10)).toMatch(
      /^Of the 0.5 %, 0.3 % are.*measured\. Captures by a budget are at least 10 steps apart\.$/,
    );
  });

  it('says why captures are further apart than the budget asks for', () => {
    expect(spacingText({ asked: 25, why: 'paying-back', until: 1250 })).toBe(
      'Captures have cost more than the budget, which is paid back first; every 25 steps again from about step 1,250.',
    );
    expect(spacingText({ asked: 10, why: 'log-size', until: null })).toBe(
      'The budget allows every 10 steps, but captures may add only 36 MB to the log per epoch.',
    );
    expect(spacingText({ asked: 10, why: 'log-limit', until: null })).toContain('near its size limit');
  });
});
