import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import { RunIndex } from './run-index.js';

type Row = readonly [step: number, value: number];

/** What the summary says of a run with these losses. */
function since(
  rows: readonly Row[],
  askedBefore: (row: number) => boolean = () => false,
): number | undefined {
  const index = new RunIndex(1);
  const asked = () => index.summary('a', { state: 'live', bytes: 1, readToEnd: true }).notFiniteSince;
  let offset = 0;
  for (const [row, [step, value]] of rows.entries()) {
    if (askedBefore(row)) asked();
    const data = encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime: 1_700_000_000, value });
    index.add(decodeEvent(data), 0, offset, data.length, () => undefined);
    offset += data.length + 16;
  }
  return asked();
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test('a run says since which step its loss has not been finite', () => {
  expect(since([])).toBeUndefined();
  expect(since([[0, 1]])).toBeUndefined();
  expect(since([[0, nan]])).toBe(0);
  const steps = Array.from({ length: 1000 }, (_, at) => at * 10);
  expect(since(steps.map((step) => [step, step < 4120 ? 1 : nan]))).toBe(4120);
  expect(since([...steps.map((step): Row => [step, nan]), [10_000, 0.5]])).toBeUndefined();
});

test('a loss that was not finite for a while counts from when it became so again', () => {
  const values = [1, nan, 1, infinity, nan, nan];
  expect(since(values.map((value, step) => [step, value]))).toBe(3);
});

test('what was logged again does not count', () => {
  // Restarted from the checkpoint of step 2: NaN comes later now.
  const first = [1, 1, nan, nan, nan].map((value, step): Row => [step, value]);
  expect(since([...first, [2, 0.5], [3, 0.4]])).toBeUndefined();
  expect(since([...first, [2, 0.5], [3, nan], [4, nan]])).toBe(3);
  // Restarted while it was NaN already.
  expect(since([...first, [3, nan], [4, nan]])).toBe(2);
});

test('any log says it as reading it row by row does', () => {
  const value = fc.oneof({ weight: 50, arbitrary: fc.constantFrom(nan, infinity) }, fc.constant(1));
  // Mostly ascending, so that there are rows of several blocks, and back now and then.
  const by = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 3 }) },
    fc.integer({ min: -80, max: 0 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(by, value), { maxLength: 300, size: 'max' }),
      fc.integer({ min: 1, max: 7 }),
      (changes, often) => {
        let at = 0;
        const logged = changes.map(([change, value]): Row => {
          at = Math.max(0, at + change);
          return [at, value];
        });
        const kept = new Map<number, number>();
        for (const [step, value] of logged) {
          for (const one of [...kept.keys()]) if (one >= step) kept.delete(one);
          kept.set(step, value);
        }
        let expected: number | undefined;
        for (const [step, value] of kept) expected = Number.isFinite(value) ? undefined : (expected ?? step);
        expect(since(logged)).toBe(expected);
        expect(since(logged, (row) => row % 7 < often)).toBe(expected);
      },
    ),
  );
});
