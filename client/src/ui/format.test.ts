import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCell,
  formatConfig,
  formatDuration,
  formatPercent,
  formatShort,
  formatStep,
  formatValue,
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

test('very large numbers and those that are none stay readable', () => {
  expect(
    [7.85e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) =>
      formatValue(value),
    ),
  ).toEqual(['7.85e21', 'NaN', '∞', '−∞']);
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
    '12.3',
    '250',
    '',
  ]);
});

test('steps, fractions, bytes and times read as people write them', () => {
  expect([1240, -1].map(formatStep)).toEqual(['1,240', '−1']);
  expect(formatPercent(0.529)).toBe('52.9 %');
  expect([999, 14_200_000, 1_500].map(formatBytes)).toEqual(['999 B', '14.2 MB', '1.5 kB']);
  expect([822, 59.6, 7500].map(formatDuration)).toEqual(['13:42', '1:00', '2 h 05']);
  expect([0.001, 0.05, 64, 43_082, 'adam', false].map(formatConfig)).toEqual([
    '1e-3',
    '0.05',
    '64',
    '43,082',
    'adam',
    'false',
  ]);
});
