import { describe, expect, it } from 'vitest';
import { budgetText, everyWithin, expectedCost, spacingText } from './capture-cost-text.js';

describe('what captures cost, in words', () => {
  const choice = { layers: null, gradients: false };
  const facts = {
    cost: { step: 100, base: 40, layers: { conv1: 29 }, gradients: null },
    size: { base: 0, layers: { conv1: 1024 }, gradients: { conv1: 1024 } },
    stepsPerEpoch: 781,
    stretch: 1,
  };

  it('forecasts the distance that the trainer will choose, a round number', () => {
    expect(everyWithin(facts, choice, 0.03)).toEqual({ every: 25, why: undefined });
    expect(everyWithin(facts, choice, 0.5)).toEqual({ every: 10, why: 'least' });
    expect(everyWithin(facts, { layers: null, gradients: true }, 0.03)).toBeUndefined();
    for (const none of [0, Number.NaN]) expect(everyWithin(facts, choice, none)).toBeUndefined();
  });

  it('forecasts what the size of the log does to that', () => {
    const size = { ...facts.size, layers: { conv1: 2 ** 21 } };
    // 781 steps of an epoch with 2 MB each, of which 36 MB may be written.
    expect(everyWithin({ ...facts, size }, choice, 0.03)).toEqual({ every: 50, why: 'log-size' });
    expect(everyWithin({ ...facts, size }, choice, 0.001)).toEqual({ every: 750, why: undefined });
    expect(everyWithin({ ...facts, stretch: 4 }, choice, 0.03)).toEqual({ every: 100, why: 'log-limit' });
    expect(budgetText(5, 'log-size')).toMatch(/since captures may add only 36 MB to the log per epoch\.$/);
    expect(budgetText(5, 'log-limit')).toMatch(/since the log is near its size limit\.$/);
  });

  it('says why the forecast is below the budget', () => {
    const cost = { step: 100, base: 40, layers: { conv1: 29 }, gradients: null };
    expect(expectedCost(cost, { layers: null, gradients: false }, 25)).toBe(
      'A capture of this costs about 69 ms, with the work of the log writer: 2.7 % of the training time at every 25 steps.',
    );
    expect(budgetText(5, undefined)).toBe(
      'Of the 5 %, 3 % are for this; the rest is left for sending, the hub and the browser, which are not measured.',
    );
    expect(budgetText(0.5, 'least')).toMatch(
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
    expect(spacingText({ asked: 10, why: 'log-full', until: null })).toContain(
      'nothing is captured any more',
    );
  });
});
