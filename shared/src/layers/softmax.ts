import type { Reading } from '../convolution/reading.js';

/**
 * e^x of one value, divided by the sum of e^x of all. It rises with the value itself and falls with every other one, which
 * gives the limits of its interval.
 * @param at which of `all` the value is
 */
export function softmaxOf(all: readonly Reading[], at: number): Reading {
  const share = (own: keyof Reading, others: keyof Reading): number => {
    const mine = all[at]![own];
    let sum = 1;
    for (const [index, other] of all.entries()) if (index !== at) sum += Math.exp(other[others] - mine);
    return 1 / sum;
  };
  const value = share('value', 'value');
  return { value, lo: Math.min(value, share('lo', 'hi')), hi: Math.max(value, share('hi', 'lo')) };
}
