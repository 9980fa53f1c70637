import { exactly } from '@convscope/shared/convolution/reading.js';
import { describe, expect, it } from 'vitest';
import {
  correlationText,
  differenceText,
  growthText,
  shareText,
  shortSizeText,
  sizeText,
  valueText,
  verdictOf,
} from './texts.js';

const between = (lo: number, value: number, hi: number) => ({ value, lo, hi });

describe('the words for a difference', () => {
  it('have a sign, and the bounds of both sides', () => {
    expect(differenceText(exactly(0.184))).toBe('+0.1840');
    expect(differenceText(exactly(-0.184))).toBe('−0.1840');
    expect(differenceText(exactly(0))).toBe('0.000');
    expect(differenceText(between(0.16, 0.184, 0.208))).toBe('≈ +0.184 ± 0.024');
    expect(differenceText(exactly(Number.POSITIVE_INFINITY))).toBe('+∞');
    expect(differenceText(exactly(Number.NaN))).toBe('NaN');
  });

  it('claim no change that the log cannot tell', () => {
    expect(verdictOf(exactly(0))).toBe('equal');
    expect(verdictOf(between(-0.1, 0.05, 0.2))).toBe('within what the log can tell');
    expect(verdictOf(between(0.01, 0.05, 0.2))).toBeUndefined();
    expect(verdictOf(exactly(Number.NaN))).toBeUndefined();
  });

  it('say in a list how large a change is at most, where it may be none', () => {
    expect(sizeText(exactly(0))).toBe('0');
    expect(sizeText(exactly(0.388))).toBe('0.3880');
    expect(sizeText(between(0.38, 0.388, 0.396))).toBe('≈ 0.3880');
    expect(sizeText(between(0, 0.01, 0.023))).toBe('< 0.023');
    const narrow = [
      exactly(0.388),
      between(0.48, 0.4852, 0.49),
      between(11, 12.4, 13),
      between(0, 0.01, 0.023),
    ];
    expect(narrow.map(shortSizeText)).toEqual(['0.388', '≈ 0.485', '≈ 12.4', '< 0.023']);
  });

  it('tell small numbers and correlations apart', () => {
    expect(valueText(exactly(0.003164))).toBe('0.003164');
    expect(valueText(exactly(12.5))).toBe('12.500');
    expect(correlationText(exactly(1))).toBe('1.000');
    expect(correlationText(exactly(0.99997))).toBe('0.99997');
    expect(correlationText(exactly(0.87654), 2)).toBe('0.88');
  });

  it('say growth in per cent of A', () => {
    expect(growthText(exactly(2), exactly(2.25))).toBe('+12.5 %');
    expect(growthText(exactly(2), exactly(1))).toBe('−50.0 %');
    expect(growthText(exactly(2), exactly(2.00096))).toBe('+0.048 %');
    expect(growthText(exactly(2), exactly(2))).toBe('0.0 %');
    expect(growthText(between(1.9, 2, 2.1), between(2.9, 3, 3.1))).toBe('≈ +50.0 %');
    expect(growthText(between(0, 0.1, 0.2), exactly(1))).toBeUndefined();
    expect(shareText(exactly(0.29))).toBe('29.0 %');
    expect(shareText(between(0, 0.001, 0.004))).toBe('< 0.40 %');
  });
});
