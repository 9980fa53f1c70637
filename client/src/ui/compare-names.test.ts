import { expect, test } from 'vitest';
import { compareNames } from './compare-names.js';

test('numbers in names count as numbers, with decimals and exponents', () => {
  for (const names of [
    ['sweep/lr-0.001', 'sweep/lr-0.003', 'sweep/lr-0.01', 'sweep/lr-0.03', 'sweep/lr-0.1', 'sweep/lr-0.3'],
    ['lr3e-4', 'lr1e-3', 'lr2e-3 b', 'lr0.02'],
    ['run2', 'run10', 'run10b', 'run11'],
    ['2026-11-09_a', '2026-11-27_a', '2026-11-27_b'],
    ['lr0.1 · loss/test', 'lr0.1 · loss/train', 'lr0.2 · loss/test'],
    ['adam', 'Adam', 'sgd'],
    ['', 'a', 'a1', 'a1e999', 'a2e999'],
  ])
    expect([...names].reverse().sort(compareNames)).toEqual(names);
});

test('it is an order: one way round and the other agree, and only equal names are equal', () => {
  const names = ['a', 'A', 'a1', 'a01', 'a1.0', 'a1e0', '1', '1a', 'a 1', 'ä', ''];
  for (const a of names)
    for (const b of names) {
      expect(Math.sign(compareNames(a, b))).toBe(-Math.sign(compareNames(b, a)) || 0);
      expect(compareNames(a, b) === 0).toBe(a === b);
    }
});
