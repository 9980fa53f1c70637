import { within } from '@convscope/shared/convolution/reading.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  approximation,
  formatBytes,
  formatCell,
  formatConfig,
  formatDuration,
  formatPercent,
  formatReading,
  formatShort,
  formatStep,
  formatValue,
  formatWithin,
} from './format.js';

test('values have a minus as wide as a digit, and no minus for nothing', () => {
  expect([2.3714, -0.5, -0.0001, 0].map((value) => formatValue(value))).toEqual([
    '2.371',
    '−0.500',
    '−1.00e−4',
    '0.000',
  ]);
  expect(formatValue(-0.004, 2)).toBe('−4.0e−3');
});

test('values keep two digits, however many decimals that takes', () => {
  expect([0.00149, -0.0052, 0.00994, 0.00996, 0.0123, 0.001].map((value) => formatValue(value))).toEqual([
    '0.0015',
    '−0.0052',
    '0.0099',
    '0.010',
    '0.012',
    '0.0010',
  ]);
  // The limits of a legend.
  expect([0.0149, -0.083, 0.1, 1.5].map((value) => formatValue(value, 2))).toEqual([
    '0.015',
    '−0.083',
    '0.10',
    '1.50',
  ]);
  expect([5, 0.04].map((value) => formatValue(value, 0))).toEqual(['5', '4.0e−2']);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (value) => {
      const read = Number(formatValue(value).replace('−', '-'));
      expect(Math.abs(read - value)).toBeLessThanOrEqual(0.0501 * value);
    }),
  );
});

test('very large numbers and those that are none stay readable', () => {
  expect(
    [7.85e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) =>
      formatValue(value),
    ),
  ).toEqual(['7.85e21', 'NaN', '+∞', '−∞']);
});

test('mostly whole numbers have no trailing zeros, and nothing has no minus', () => {
  expect([12, 0.5, 2.3714, -1.25, -0.0001, Number.NaN].map((value) => formatShort(value))).toEqual([
    '12',
    '0.5',
    '2.371',
    '−1.25',
    '0',
    'NaN',
  ]);
  expect(formatShort(2.3714, 1)).toBe('2.4');
});

test('a cell holds what fits into it', () => {
  expect([0.05, -0.17, 1.96, -1.3, 12.34, 250, 4e6].map(formatCell)).toEqual([
    '.05',
    '−.17',
    '2.0',
    '−1.3',
    '12',
    '250',
    '',
  ]);
});

test('steps, fractions, bytes and times read as people write them', () => {
  expect([1240, -1].map(formatStep)).toEqual(['1,240', '−1']);
  expect(formatPercent(0.529)).toBe('52.9 %');
  expect([999, 14_200_000, 1_500].map(formatBytes)).toEqual(['999 B', '14.2 MB', '1.5 kB']);
  expect([822, 59.6, 7500, 277_300].map(formatDuration)).toEqual(['13:42', '1:00', '2 h 05', '3 d 5 h']);
  // The wall times of a log may be anything.
  expect([8e7, 1.7e9, 8e12, 2e300, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual([
    '2.5 years',
    '54 years',
    '2.5e5 years',
    '6.3e292 years',
    '+∞ years',
  ]);
  expect([0.001, 0.05, 64, 43_082, 'adam', false].map(formatConfig)).toEqual([
    '1e-3',
    '0.05',
    '64',
    '43,082',
    'adam',
    'false',
  ]);
});

test('a number that is not exact has a sign and a margin, zero included', () => {
  expect(formatWithin(0.2494, 0.082)).toBe('≈ 0.249 ± 0.083');
  expect(formatWithin(0.25, 0.082)).toBe('≈ 0.250 ± 0.082');
  expect(formatWithin(0, 0.023)).toBe('≈ 0 ± 0.023');
  expect(formatWithin(-0.0001, 0.023)).toBe('≈ 0 ± 0.024');
  expect(formatWithin(-12.34, 1.5)).toBe('≈ −12.3 ± 1.6');
  expect(formatReading(within(-12.34, 1.5))).toBe('≈ −12.3 ± 1.6');
  expect(approximation(0.25, 0.082)).toEqual({ value: '≈ 0.250', margin: '± 0.082' });
});

test('an exact number has neither, nor have NaN and the infinities', () => {
  expect([0, 0.2494, Number.NaN].map((value) => formatWithin(value, 0))).toEqual(['0.000', '0.249', 'NaN']);
  expect(formatWithin(0.24944, 0, 4)).toBe('0.2494');
  expect(
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => formatWithin(value, 1)),
  ).toEqual(['NaN', '+∞', '−∞']);
});

test('the interval that is printed holds every number that the bound allows', () => {
  const sizes = fc.integer({ min: -12, max: 12 }).map((exponent) => 10 ** exponent);
  const parsed = (text: string) =>
    text === '' ? 0 : Number(text.replaceAll('−', '-').replace(/^[≈±] /, ''));
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      sizes,
      fc.double({ min: 1e-3, max: 1, noNaN: true }),
      sizes,
      fc.double({ min: -1, max: 1, noNaN: true }),
      (mantissa, size, bounding, boundSize, share) => {
        const [value, bound] = [mantissa * size, bounding * boundSize];
        const { value: text, margin } = approximation(value, bound);
        const exact = value + share * bound;
        const rounding = 1e-8 * bound + 1e-15 * Math.abs(value);
        expect(Math.abs(exact - parsed(text))).toBeLessThanOrEqual(parsed(margin) + rounding);
      },
    ),
    { numRuns: 2000 },
  );
});
