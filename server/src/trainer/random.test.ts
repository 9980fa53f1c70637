import { describe, expect, it } from 'vitest';
import { createRandom, shuffle, xoshiro128StarStar } from './random.js';

describe('random numbers', () => {
  it('gives the sequence of the published xoshiro128**', () => {
    // From the reference implementation (xoshiro128starstar.c) with state 1, 2, 3, 4.
    const random = xoshiro128StarStar([1, 2, 3, 4]);
    const words = Array.from({ length: 5 }, () => random.uniform() * 2 ** 32);
    expect(words).toEqual([11520, 0, 5927040, 70819200, 2031721883]);
  });

  it('repeats for the same seed and purpose, and differs for another of either', () => {
    const draw = (seed: number, purpose: string) => {
      const random = createRandom(seed, purpose);
      return Array.from({ length: 4 }, () => random.uniform());
    };
    expect(draw(1, 'shuffle')).toEqual(draw(1, 'shuffle'));
    const all = [
      draw(1, 'shuffle'),
      draw(2, 'shuffle'),
      draw(1, 'augmentation'),
      draw(1 + 2 ** 32, 'shuffle'),
    ];
    expect(new Set(all.map(String)).size).toBe(4);
  });

  it('spreads evenly', () => {
    const random = createRandom(5, 'even');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.integer(10)]!++;
    // Five standard deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
  });

  it('shuffles to a permutation in which every place is as likely', () => {
    const firsts = new Array<number>(5).fill(0);
    const random = createRandom(9, 'shuffle');
    for (let i = 0; i < 5000; i++) {
      const order = Uint32Array.of(0, 1, 2, 3, 4);
      shuffle(order, random);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      firsts[order[0]!]!++;
    }
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(800));
  });
});
