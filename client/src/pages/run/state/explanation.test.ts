import { exactly, within } from '@convscope/shared/convolution/reading.js';
import { expect, test } from 'vitest';
import { sumOf } from './explanation.js';

test('terms whose inputs are known within bounds have a sum that is known within bounds', () => {
  const place = { operand: 0, channel: 0, y: 0, x: 0 };
  const terms = [
    { ...place, input: within(4, 0.5), weight: -2 },
    { ...place, input: exactly(3), weight: 1 },
  ];
  expect(sumOf(terms)).toEqual({ value: -5, lo: -6, hi: -4 });
  expect(sumOf([])).toEqual(exactly(0));
});
