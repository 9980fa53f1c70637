import { expect, test } from 'vitest';
import { logTicks } from './log-ticks.js';
import { clockTicks, elapsedText, elapsedTicks, shortTimeText, wallTimeText } from './time-ticks.js';

const texts = (ticks: readonly { readonly text: string }[]) => ticks.map(({ text }) => text);
/** 2026-11-28 14:00:00 UTC. */
const AFTERNOON = Date.UTC(2026, 10, 28, 14) / 1000;

test('elapsed time has ticks at seconds, minutes, hours and days that people count in', () => {
  expect(texts(elapsedTicks(0, 20, 4))).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s']);
  expect(texts(elapsedTicks(0, 360, 4))).toEqual(['0 s', '2:00', '4:00', '6:00']);
  expect(texts(elapsedTicks(0, 9 * 3600, 4))).toEqual(['0 s', '3 h', '6 h', '9 h']);
  expect(texts(elapsedTicks(0, 10 * 86_400, 3))).toEqual(['0 s', '7 d']);
  expect(texts(elapsedTicks(0, 0.02, 2))).toEqual(['0 s', '0.01 s', '0.02 s']);
});

test('ticks that are close to each other have the digits that tell them apart', () => {
  const clock = (span: number) => texts(clockTicks(AFTERNOON + 0.9999995, AFTERNOON + 1 + span, 2, true));
  expect(clock(0.8)).toEqual(['14:00:01.000', '14:00:01.500']);
  expect(clock(0.00039)).toEqual(['14:00:01.0000', '14:00:01.0002']);
  expect(clock(0.0000085)).toEqual(['14:00:01.000000', '14:00:01.000005']);
  // Of a second of today a double has six digits.
  expect(new Set(clock(0.0000005)).size).toBe(clock(0.0000005).length);
  expect(texts(elapsedTicks(12, 12.002, 2))).toEqual(['12 s', '12.001 s', '12.002 s']);
  expect(texts(elapsedTicks(-0.0002, 0, 2))).toEqual(['−0.0002 s', '−0.0001 s', '0 s']);
  expect(texts(elapsedTicks(61, 61.5, 2))).toEqual(['1:01.0', '1:01.5']);
  expect(texts(elapsedTicks(7200, 7210, 2))).toEqual(['2:00:00', '2:00:05', '2:00:10']);
});

test('an axis of time has two ticks at least, since one says nothing of the scale', () => {
  expect(texts(clockTicks(AFTERNOON + 1860, AFTERNOON + 4680, 3, true))).toEqual(['14:45', '15:00', '15:15']);
  expect(texts(elapsedTicks(1, 95, 3))).toEqual(['30 s', '1:00', '1:30']);
  for (let span = 1e-4; span < 3e8; span *= 1.07)
    for (const count of [2, 3, 4, 7])
      for (const first of [AFTERNOON, AFTERNOON + 1234.5]) {
        const [elapsed, clock] = [
          elapsedTicks(first - AFTERNOON, first - AFTERNOON + span, count),
          clockTicks(first, first + span, count, true),
        ];
        for (const ticks of [elapsed, clock]) {
          expect(ticks.length, `${span} s, ${count}`).toBeGreaterThan(1);
          expect(ticks.length, `${span} s, ${count}`).toBeLessThan(count + 4);
        }
      }
});

test('elapsed time is written briefly, also before the beginning', () => {
  expect([0.25, 59, 90, 7500, 200_000, -30].map(elapsedText)).toEqual([
    '0.25 s',
    '59 s',
    '1:30',
    '2 h 05',
    '2 d 7 h',
    '−30 s',
  ]);
});

test('times of day have ticks at round times, and name the day where it changes', () => {
  expect(texts(clockTicks(AFTERNOON, AFTERNOON + 3600, 4, true))).toEqual([
    '14:00',
    '14:15',
    '14:30',
    '14:45',
    '15:00',
  ]);
  expect(texts(clockTicks(AFTERNOON, AFTERNOON + 15 * 3600, 5, true))).toEqual([
    '15:00',
    '18:00',
    '21:00',
    'Nov 29',
    '03:00',
  ]);
  expect(texts(clockTicks(AFTERNOON, AFTERNOON + 3 * 86_400, 3, true))).toEqual([
    'Nov 29 2026',
    'Nov 30',
    'Dec 1',
  ]);
});

test('a wall time names its zone', () => {
  expect(wallTimeText(AFTERNOON + 3, true)).toBe('2026-11-28 14:00:03 UTC');
  expect(wallTimeText(Number.NaN, true)).toBe('unknown time');
});

test('a time in a table has its year if that is not the current one', () => {
  const year = 365 * 86_400;
  expect(shortTimeText(AFTERNOON + 3, true, AFTERNOON)).toBe('11-28 14:00:03');
  expect(shortTimeText(AFTERNOON + 3, true, AFTERNOON - year)).toBe('2026-11-28 14:00:03');
  expect(shortTimeText(AFTERNOON + 3, true, AFTERNOON + year)).toBe('2026-11-28 14:00:03');
  expect(shortTimeText(1e12, true, AFTERNOON)).toBe('33658-09-27 01:46:40');
  expect(shortTimeText(Number.NaN, true, AFTERNOON)).toBe('unknown time');
});

test('an axis without a length has no ticks', () => {
  expect([elapsedTicks(1, 1, 4), clockTicks(1, Number.NaN, 4, true), logTicks(2, 2, 4)]).toEqual([
    [],
    [],
    [],
  ]);
});

test('a logarithmic axis has powers of ten, with others between where there is room', () => {
  expect(logTicks(-3, 0, 4)).toEqual([0.001, 0.01, 0.1, 1]);
  expect(logTicks(0, 2, 6)).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(logTicks(-12, 0, 4)).toEqual([1e-12, 1e-9, 1e-6, 0.001, 1]);
  expect(logTicks(Math.log10(2), Math.log10(4), 2)).toEqual([2, 3, 4]);
});
