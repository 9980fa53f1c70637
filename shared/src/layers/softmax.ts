import type { Reading } from '../convolution/reading.js';

/**
 * e^x of one value, divided by the sum of e^x of all. It rises with the value itself and falls with every other one, which
 * gives the limits of its interval.
 * @param at which of `all` the value is
 */
export function softmaxOf(all: readonly Reading[], at: number): Reading {
  return ofDistances(all, at, (distances) => {
    let sum = 0;
    for (const distance of distances) sum += Math.exp(distance);
    return 1 / sum;
  });
}

/** Its logarithm, which is known where the share itself is too small for a number. */
export function logSoftmaxOf(all: readonly Reading[], at: number): Reading {
  return ofDistances(all, at, (distances) => {
    const furthest = distances.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (const distance of distances) sum += Math.exp(distance - furthest);
    return -furthest - Math.log(sum);
  });
}

/** @param of what is made of how far each value is above the own one */
function ofDistances(
  all: readonly Reading[],
  at: number,
  of: (distances: readonly number[]) => number,
): Reading {
  const share = (own: keyof Reading, others: keyof Reading): number => {
    const mine = all[at]![own];
    return of(all.map((other, index) => (index === at ? 0 : other[others] - mine)));
  };
  const value = share('value', 'value');
  return { value, lo: Math.min(value, share('lo', 'hi')), hi: Math.max(value, share('hi', 'lo')) };
}
