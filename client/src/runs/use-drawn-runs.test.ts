import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import type { DrawnChoice } from './drawn-runs.js';
import { placeOf } from './run-colours.js';
import { drawnOf } from './use-drawn-runs.js';

function summary(run: string, firstWallTime: number): RunSummary {
  return runSummary(run, { firstWallTime, lastWallTime: 1000 });
}

const ten = Array.from({ length: 10 }, (_, k) => summary(`run${k}`, k));
const ALL: DrawnChoice = { others: 'all', shown: new Set(), hidden: new Set() };
const NO_PLACES: ReadonlyMap<string, number> = new Map();
const namesOf = (drawn: readonly { readonly run: string }[]) => drawn.map(({ run }) => run);

test('the runs that are drawn come in the order of the list, with their colours', () => {
  const drawn = drawnOf(ten, NO_PLACES, { ...ALL, others: 'newest' }, []);
  expect(namesOf(drawn)).toEqual(['run2', 'run3', 'run4', 'run5', 'run6', 'run7', 'run8', 'run9']);
  for (const { run, place } of drawn) expect(place).toBe(placeOf(run));
  expect(drawnOf(ten, new Map([['run9', 5]]), ALL, []).at(-1)).toMatchObject({ run: 'run9', place: 5 });
});

test('the squares choose them, and never more than asked for', () => {
  const three = ten.slice(0, 3);
  expect(namesOf(drawnOf(three, NO_PLACES, { ...ALL, hidden: new Set(['run1']) }, []))).toEqual([
    'run0',
    'run2',
  ]);
  expect(drawnOf(ten, NO_PLACES, ALL, [], { most: 4 })).toHaveLength(4);
});

test('what has not changed stays the same object', () => {
  const before = drawnOf(ten, NO_PLACES, ALL, []);
  expect(drawnOf([...ten], NO_PLACES, ALL, before)).toBe(before);
  const after = drawnOf([{ ...ten[0]!, lastStep: 2 }, ...ten.slice(1)], NO_PLACES, ALL, before);
  expect(after[0]?.lastStep).toBe(2);
  expect(after.slice(1).every((entry, at) => entry === before[at + 1])).toBe(true);
});
