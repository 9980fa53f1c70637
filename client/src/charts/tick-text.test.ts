import { expect, test } from 'vitest';
import { stepTicks, ticksIn } from './axis.js';
import { logTicks } from './log-ticks.js';
import { scalarText, shortText, tickTexts } from './tick-text.js';

/** What a reader takes a text for. */
function read(text: string): number {
  const [, digits = '', suffix = ''] =
    /^(.*?)([kMGT]?)$/.exec(text.replaceAll('−', '-').replaceAll(',', '')) ?? [];
  return Number(digits) * { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[suffix]!;
}

test('ticks are written as people write them', () => {
  expect(tickTexts([0, 0.5, 1])).toEqual(['0.0', '0.5', '1.0']);
  expect(tickTexts([1, 2])).toEqual(['1', '2']);
  expect(tickTexts([0, 5e-5, 1e-4])).toEqual(['0', '5e−5', '1e−4']);
  expect(tickTexts([0.001, 0.002])).toEqual(['0.001', '0.002']);
  expect(tickTexts([15_000, 20_000])).toEqual(['15,000', '20,000']);
  expect(tickTexts([0, 500_000, 1_000_000, 1_500_000])).toEqual(['0', '0.5M', '1.0M', '1.5M']);
  expect(tickTexts([-0.5, 0, 0.5])).toEqual(['−0.5', '0.0', '0.5']);
  expect(tickTexts([-5e-6, 0, 5e-6])).toEqual(['−5e−6', '0', '5e−6']);
  expect(tickTexts([1e30, 2e30])).toEqual(['1e30', '2e30']);
  expect(tickTexts([0])).toEqual(['0']);
  expect(tickTexts([])).toEqual([]);
});

test('the texts of an axis all differ, and say which numbers they are', () => {
  for (let low = -9; low <= 9; low++)
    for (let width = -9; width <= 9; width++)
      for (const [a, b] of [
        [1, 1],
        [-1, 3.7],
        [2.3, 0.61],
        [-7.77, 5],
      ] as const) {
        const [lo, span] = [a * 10 ** low, b * 10 ** width];
        const ticks = ticksIn(lo, lo + span, 4);
        const texts = tickTexts(ticks);
        expect(new Set(texts).size).toBe(ticks.length);
        const apart = ticks.length > 1 ? ticks[1]! - ticks[0]! : 0;
        ticks.forEach((tick, at) => {
          const off = Math.abs(read(texts[at]!) - tick);
          expect(off).toBeLessThanOrEqual(1e-5 * apart + 1e-12 * Math.abs(tick));
        });
      }
});

test('ticks of a logarithmic axis say which numbers they are, however far apart', () => {
  expect(tickTexts([1, 1e7, 1e14])).toEqual(['1e0', '1e7', '1e14']);
  expect(tickTexts([1, 10, 100])).toEqual(['1', '10', '100']);
  expect(tickTexts([0.01, 1, 100])).toEqual(['0.01', '1.00', '100.00']);
  for (let from = -300; from <= 280; from += 7)
    for (const span of [1, 4, 9, 20, 60, 200])
      for (const count of [2, 4, 8]) {
        const ticks = logTicks(from, Math.min(from + span, 305), count);
        const texts = tickTexts(ticks);
        expect(new Set(texts).size).toBe(ticks.length);
        for (const [at, tick] of ticks.entries()) expect(read(texts[at]!) / tick).toBeCloseTo(1, 5);
      }
});

test('whole steps have ticks wherever they begin', () => {
  expect(stepTicks(0, 9, 4)).toEqual([0, 5]);
  expect(stepTicks(0, 9, 8)).toEqual([0, 2, 4, 6, 8]);
  expect(stepTicks(-15, 4, 4)).toEqual([-15, -10, -5, 0]);
  expect(stepTicks(1_000_000, 1_000_019, 4)).toEqual([1_000_000, 1_000_005, 1_000_010, 1_000_015]);
  expect(stepTicks(1_700_000_000_000, 1_700_000_000_004, 4)).toEqual(
    [0, 1, 2, 3, 4].map((ms) => 1_700_000_000_000 + ms),
  );
  expect(stepTicks(0, 1, 8)).toEqual([0, 1]);
  expect(stepTicks(5, 5, 8)).toEqual([]);
});

test('a value is read to three digits, small or large', () => {
  expect([1.0764, 12.345, 0.8971, 0.0951, 0.00095, 9.5e-5, 0, -0.25].map(scalarText)).toEqual([
    '1.076',
    '12.345',
    '0.897',
    '0.0951',
    '0.000950',
    '9.50e−5',
    '0',
    '−0.250',
  ]);
  expect([95, 12_000, 12_345.678, 1.5e10, Number.NaN, Number.POSITIVE_INFINITY].map(scalarText)).toEqual([
    '95',
    '12,000',
    '12,345.7',
    '1.50e10',
    'NaN',
    '+∞',
  ]);
  expect([1.0764, 9.53e-5, 1_234_567, 2].map(shortText)).toEqual(['1.08', '9.53e−5', '1.23M', '2']);
});
