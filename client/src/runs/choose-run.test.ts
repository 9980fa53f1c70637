import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { chooseRun, HeldRun } from './choose-run.js';

function summary(run: string, change: Partial<RunSummary> = {}): RunSummary {
  return runSummary(run, { state: 'live', ...change });
}

const old = summary('old', { state: 'completed', lastWallTime: 10 });
const newer = summary('newer', { state: 'completed', lastWallTime: 20 });
const live = summary('live', { lastWallTime: 15 });
const later = summary('later', { lastWallTime: 30 });

test('a run that is asked for is shown; else one that lives; else the newest; and the page stays with it', () => {
  expect(chooseRun([old, newer, live], 'old', undefined).run).toBe(old);
  expect(chooseRun([old, newer, live], undefined, undefined).run).toBe(live);
  expect(chooseRun([old, newer], undefined, undefined).run).toBe(newer);
  expect(chooseRun([old, newer], undefined, 'old').run).toBe(old);
  expect(chooseRun([live, later], undefined, 'live').run).toBe(live);
  expect(chooseRun([old, later], undefined, 'old').run).toBe(later);
  expect(chooseRun([], undefined, undefined)).toEqual({ run: undefined, missing: undefined });
});

test('no other run is shown in the place of one that is not there, be it asked for or deleted', () => {
  const missing = { run: undefined, missing: 'x' };
  expect(chooseRun([], 'x', undefined)).toEqual(missing);
  expect(chooseRun([old, live], 'x', 'old')).toEqual(missing);
  expect(chooseRun([old, live], undefined, 'x')).toEqual(missing);
  expect(chooseRun([old, summary('x')], 'x', undefined).missing).toBeUndefined();
});

test('a live run in which nothing has been logged is shown when there is no other', () => {
  const empty = summary('empty', { lastWallTime: 0, lastStep: -1 });
  expect(chooseRun([old, empty, newer], undefined, undefined).run).toBe(newer);
  expect(chooseRun([old, empty], undefined, 'old').run).toBe(old);
  expect(chooseRun([old, empty, live], undefined, 'empty').run).toBe(live);
  expect(chooseRun([empty], undefined, undefined).run).toBe(empty);
});

test('a run may have ended before the hub has read its end, so that none is left for it, and it is not left either', () => {
  const unread = summary('unread', { lastWallTime: 9, readToEnd: false });
  expect(chooseRun([old, unread], undefined, 'old').run).toBe(old);
  expect(chooseRun([old, unread, live], undefined, 'old').run).toBe(live);
  expect(chooseRun([old, unread, live], undefined, 'unread').run).toBe(unread);
  expect(chooseRun([old, unread], undefined, undefined).run).toBe(unread);
});

test('what was chosen before every log had been read is chosen once more when all have been, and stays then', () => {
  const unread = summary('unread', { state: 'completed', lastWallTime: 0, lastStep: -1, readToEnd: false });
  const read = summary('unread', { state: 'completed', lastWallTime: 30 });
  const held = new HeldRun();
  const choose = (runs: readonly RunSummary[]) => {
    const { run } = chooseRun(runs, undefined, held.among(runs));
    held.hold(run!.run, runs);
    return run;
  };
  expect(choose([old, unread])).toBe(old);
  // One change, not one for each log that has been read.
  expect(choose([old, newer, unread])).toBe(old);
  expect(choose([old, newer, read])).toBe(read);
  const late = summary('late', { state: 'completed', lastWallTime: 40 });
  expect(choose([old, newer, read, late])).toBe(read);
  // A hub that starts anew reads everything once more.
  expect(choose([old, newer, unread])).toBe(unread);
});
