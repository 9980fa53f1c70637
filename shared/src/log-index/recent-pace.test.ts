import { expect, test } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import type { RunRecord } from '../run-record.js';
import { runStartRecord } from '../testing/run-start.js';
import { RunIndex } from './run-index.js';

const BEGIN = 1_700_000_000;

/** What the summary says of a run that logs its loss so many seconds after it began. */
function paceOf(
  records: readonly (readonly [step: number, seconds: number] | 'start')[],
  startsAt: readonly number[] = [0],
): number | undefined {
  const starts = [...startsAt];
  const index = new RunIndex(1);
  let offset = 0;
  for (const one of records) {
    const record: RunRecord =
      one === 'start'
        ? runStartRecord({ plan: { totalSteps: 1000 } }, BEGIN + (starts.shift() ?? 0))
        : { kind: 'scalar', tag: 'train/loss', step: one[0], wallTime: BEGIN + one[1], value: 1 };
    const data = encodeEvent(record);
    index.add(decodeEvent(data), 0, offset, data.length, () => undefined);
    offset += data.length + 16;
  }
  return index.summary('a', { state: 'live', bytes: 1, readToEnd: true }).secondsPerStep;
}

const steps = (from: number, to: number, secondsAt: (step: number) => number) =>
  Array.from({ length: to - from }, (_, at) => [from + at, secondsAt(from + at)] as const);

test('the pace of a run counts neither its start-up nor its slow first steps', () => {
  // A minute of start-up, then a step of 5 s, then 0.5 s a step.
  const later = steps(2, 400, (step) => 66 + step / 2);
  expect(paceOf(['start', [1, 60], ...later])).toBe(0.5);
});

test('the pace of a run is that of its newest 200 steps, with what comes between them', () => {
  // A step takes 1 s, and after every 100 of them 50 s are spent on something else.
  const secondsAt = (step: number) => step + 50 * Math.floor(step / 100);
  expect(paceOf(['start', ...steps(0, 1000, secondsAt)])).toBe(1.5);
  // Rows that are 10 steps apart are as good.
  expect(paceOf(['start', ...steps(0, 30, (at) => at * 20).map(([at, s]) => [at * 10, s] as const)])).toBe(2);
});

test('the pace of a run that was resumed is that of the process that goes on with it', () => {
  const first = steps(0, 150, (step) => step);
  // Eight hours later, from step 100 on, twice as fast.
  const second = steps(100, 120, (step) => 30_000 + step / 2);
  expect(paceOf(['start', ...first, 'start', ...second], [0, 29_990])).toBe(0.5);
});

test('no pace is made up where the log does not say one', () => {
  expect(paceOf(['start'])).toBeUndefined();
  expect(paceOf(['start', [0, 1], [1, 2]])).toBeUndefined();
  // One moment for all, and a clock that was set back.
  expect(paceOf(['start', ...steps(0, 10, () => 5)])).toBeUndefined();
  expect(paceOf(['start', ...steps(0, 10, (step) => 100 - step)])).toBeUndefined();
  // A log that does not say how many steps there will be.
  expect(paceOf(steps(0, 10, (step) => step))).toBeUndefined();
});
