import { describe, expect, it } from 'vitest';
import { millisecondsText, shareText } from './cost-text.js';

describe('what work costs, in words', () => {
  it('has the unit and the digits of its size', () => {
    for (const [milliseconds, text] of [
      [0, '0.0 ms'],
      [3.21, '3.2 ms'],
      [9.94, '9.9 ms'],
      [9.96, '10 ms'],
      [999.4, '999 ms'],
      [999.6, '1.0 s'],
      [1739, '1.7 s'],
      [9_949, '9.9 s'],
      [9_951, '10 s'],
      [59_900, '60 s'],
      [60_000, '1 min'],
    ] as const)
      expect(millisecondsText(milliseconds)).toBe(text);
  });

  it('is a share that is neither rounded to nothing nor written with an exponent', () => {
    for (const [share, text] of [
      [0, '0.0 %'],
      [1e-9, '< 0.1 %'],
      [0.00099, '< 0.1 %'],
      [0.001, '0.1 %'],
      [0.0271, '2.7 %'],
      [0.0996, '10 %'],
      [0.996, '100 %'],
      [12.3, '1230 %'],
    ] as const)
      expect(shareText(share)).toBe(text);
  });
});
