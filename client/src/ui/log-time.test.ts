import { expect, it } from 'vitest';
import { formatTime, timeAttributes } from './log-time.js';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

it('a wall time is shown as its date', () => {
  expect(formatTime(day, 1_700_000_000)).toBe('14 Nov 2023');
  expect(timeAttributes(1_700_000_000).dateTime).toBe('2023-11-14T22:13:20.000Z');
});

it.each([1e300, -1e300, 8.65e12, Number.NaN, Number.POSITIVE_INFINITY])(
  'a wall time of %s is no date, and shown as it is',
  (seconds) => {
    expect(formatTime(day, seconds)).toBe(`${seconds} s`);
    expect(timeAttributes(seconds)).toEqual({ title: `${seconds} s`, dateTime: undefined });
  },
);
