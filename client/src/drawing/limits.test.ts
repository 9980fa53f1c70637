import { expect, test } from 'vitest';
import { limitFor, rectifiedLimits, signedLimits } from './limits.js';

test('values that are all zero have limits that read as a scale, and others their own', () => {
  expect(signedLimits(0)).toEqual({ lo: -1, hi: 1 });
  expect(rectifiedLimits(0)).toEqual({ lo: 0, hi: 1 });
  expect(rectifiedLimits(3e-20)).toEqual({ lo: 0, hi: 3e-20 });
  expect(limitFor(Number.NaN)).toBe(1);
});
