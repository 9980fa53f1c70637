import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { type DrawnChoice, drawnRuns, MOST_DRAWN, NewestFirst } from './drawn-runs.js';
import { hasScalars } from './shown-kind.js';

function summary(run: string, firstWallTime: number): RunSummary {
  return runSummary(run, { firstWallTime, lastWallTime: 1000 - firstWallTime });
}

const twelve = Array.from({ length: 12 }, (_, k) => summary(`run${k}`, k));
const NEWEST: DrawnChoice = { others: 'newest', shown: new Set(), hidden: new Set() };
const drawn = (choice: Partial<DrawnChoice> = {}, chosen = 'run11', listed = twelve) =>
  [...drawnRuns(listed, chosen, { ...NEWEST, ...choice })].sort();

test('without a choice the eight runs that began last are drawn, or seven beside the chosen one', () => {
  expect(drawn()).toEqual(['run10', 'run4', 'run5', 'run6', 'run7', 'run8', 'run9']);
  expect(drawn({}, 'run0')).toContain('run11');
  expect([...drawnRuns(twelve, undefined, NEWEST)]).toHaveLength(8);
});

test('of the newest runs only those count that have something to draw, unless none has', () => {
  const listed = twelve.map((run, k) => ({ ...run, kinds: k % 3 === 2 ? ['scalar'] : ['image'] }));
  const options = { hasShown: hasScalars };
  expect([...drawnRuns(listed, undefined, NEWEST, options)]).toEqual(['run11', 'run8', 'run5', 'run2']);
  expect([...drawnRuns(listed.slice(0, 2), undefined, NEWEST, options)]).toEqual(['run1', 'run0']);
  // Without a choice, what has nothing to draw comes last; chosen by itself it comes first.
  const all = [...drawnRuns(listed, undefined, { ...NEWEST, others: 'all' }, options)];
  expect([all.length, ...all.slice(0, 5)]).toEqual([12, 'run11', 'run8', 'run5', 'run2', 'run10']);
  const shown = new Set(['run0']);
  expect([...drawnRuns(listed, undefined, { ...NEWEST, shown }, options)]).toContain('run0');
});

test('a run that is still being read, or whose hub does not say its kinds, may have something to draw', () => {
  const [first, second, third] = [summary('a', 1), summary('b', 2), summary('c', 3)];
  const listed = [first, { ...second, kinds: [], readToEnd: false }, { ...third, kinds: [] }];
  expect([...drawnRuns(listed, undefined, NEWEST, { hasShown: hasScalars })]).toEqual(['b', 'a']);
});

test('any run can be drawn, and a press changes no other run', () => {
  expect(drawn({ shown: new Set(['run0']) })).toEqual([...drawn(), 'run0'].sort());
  expect(drawn({ hidden: new Set(['run9']) })).toEqual(drawn().filter((run) => run !== 'run9'));
});

test('a few of many are compared by drawing none and then those', () => {
  expect(drawn({ others: 'none' })).toEqual([]);
  expect(drawn({ others: 'none', shown: new Set(['run0', 'run2']) })).toEqual(['run0', 'run2']);
  expect(drawn({ others: 'all' })).toHaveLength(11);
});

test('a run that is not in the filtered list is not drawn', () => {
  const listed = twelve.slice(0, 3);
  expect(drawn({ shown: new Set(['run9']) }, 'run11', listed)).toEqual(['run0', 'run1', 'run2']);
});

test('the number of drawn runs is limited, and those that were chosen come first', () => {
  const many = Array.from({ length: 500 }, (_, k) => summary(`run${k}`, k));
  const some = drawn({ others: 'all', shown: new Set(['run0']) }, 'run499', many);
  expect(some).toHaveLength(MOST_DRAWN);
  expect(some).toContain('run0');
});

test('what is drawn stays while logs are read, and is chosen once more when all have been', () => {
  const listedAt = (read: number) =>
    twelve.map((one, k) => (k < read ? one : { ...one, firstWallTime: 0, readToEnd: false }));
  const order = new NewestFirst();
  const drawnAt = (read: number, choice: Partial<DrawnChoice> = {}, chosen = 'run0') =>
    [...drawnRuns(listedAt(read), chosen, { ...NEWEST, ...choice }, { order })].sort();
  const first = drawnAt(2);
  expect(first).toHaveLength(7);
  expect(first).toContain('run1');
  for (const read of [3, 6, 11]) expect(drawnAt(read)).toEqual(first);
  // A press changes no other run, and whatever run is chosen, the others are the same.
  expect(drawnAt(11, { hidden: new Set(['run1']) })).toEqual(first.filter((run) => run !== 'run1'));
  expect(drawnAt(11, { shown: new Set(['run9']) })).toEqual([...first, 'run9'].sort());
  expect(drawnAt(11)).toEqual(first);
  expect(drawnAt(11, {}, 'run1')).toContain('run0');
  expect(drawnAt(12)).toEqual(['run10', 'run11', 'run5', 'run6', 'run7', 'run8', 'run9']);
});
