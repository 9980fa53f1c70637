import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { placeOf, RUN_COLOURS, RUN_PLACES } from '../run-colours.js';
import { cellText, courseText, differenceText } from './cell-text.js';
import { cellOf, compareCells, parseColumn, usualColumns } from './columns.js';
import { groupOf, placesOf } from './run-places.js';
import { NO_FACTS } from './run-values.js';
import { INITIAL_PREFERENCES, parsePreferences } from './table-preferences.js';

function summary(run: string, config?: RunSummary['config']): RunSummary {
  return runSummary(run, { lastWallTime: 100, lastStep: 7, bytes: 5000, ...(config ? { config } : {}) });
}

test('a column is named by what it shows, and other texts are none', () => {
  expect(parseColumn('step')).toEqual({ kind: 'built-in', name: 'step' });
  expect(parseColumn('config:a:b')).toEqual({ kind: 'config', name: 'a:b' });
  expect(parseColumn('min:val/loss')).toEqual({ kind: 'scalar', of: 'min', tag: 'val/loss' });
  for (const wrong of ['', 'config:', 'constructor', 'median:x']) expect(parseColumn(wrong)).toBeUndefined();
});

test('the usual columns are those that all runs have and the values in which they differ', () => {
  const runs = [summary('a', { lr: 1, opt: 'sgd', seed: 1 }), summary('b', { lr: 1, opt: 'adam', seed: 2 })];
  expect(usualColumns(runs)).toEqual(['status', 'step', 'loss', 'config:opt', 'config:seed', 'seen']);
});

test('progress and time left are usual columns as long as a run goes on that says where it ends', () => {
  const usual = (change: Partial<RunSummary>) =>
    usualColumns([
      summary('a'),
      runSummary('b', { state: 'live', lastStep: 5, lastWallTime: 100, totalSteps: 50, ...change }),
    ]);
  const both = ['status', 'step', 'progress', 'left', 'loss', 'seen'];
  expect(usual({})).toEqual(both);
  // While it is paused, nothing tells when it will end. The table stays as it is.
  expect(usual({ trainingPaused: true })).toEqual(both);
  expect(usual({ state: 'lost' })).toEqual(['status', 'step', 'progress', 'loss', 'seen']);
  for (const state of ['completed', 'interrupted', 'failed'] as const)
    expect(usual({ state })).toEqual(['status', 'step', 'loss', 'seen']);
  expect(usualColumns([runSummary('c', { state: 'live', lastWallTime: 100 })])).not.toContain('progress');
});

test('a name that every object has is not a value of a configuration', () => {
  expect(cellOf(summary('a', { lr: 1 }), 'config:constructor', NO_FACTS)).toBeUndefined();
});

test('cells are sorted by number and by name, with what is missing at the end both ways', () => {
  const cells = ['run10', 3, undefined, 'run9', Number.NaN, -1, Number.POSITIVE_INFINITY];
  const sorted = (descending: boolean) => [...cells].sort((a, b) => compareCells(a, b, descending));
  // Array.prototype.sort puts undefined last by itself.
  expect(sorted(false)).toEqual([-1, 3, Number.POSITIVE_INFINITY, 'run9', 'run10', Number.NaN, undefined]);
  expect(sorted(true)).toEqual([Number.POSITIVE_INFINITY, 3, -1, 'run10', 'run9', Number.NaN, undefined]);
});

test('cells are written as people read them', () => {
  expect(cellText(1240, 'step', 0)).toBe('1,240');
  expect(cellText(0.0005, 'config:wd', 0)).toBe('5e−4');
  expect(cellText(0.05, 'config:lr', 0)).toBe('0.05');
  expect(cellText(true, 'config:amp', 0)).toBe('true');
  expect(cellText(undefined, 'config:lr', 0)).toBe('–');
  expect(cellText(0.68312, 'last:acc', 0)).toBe('0.6831');
  expect(cellText(Number.NaN, 'loss', 0)).toBe('NaN');
  expect(cellText(100, 'seen', 190_000)).toBe('1 min ago');
});

test('differences from a baseline are in per cent of it', () => {
  expect(differenceText(0.5, 0.4)).toBe('+25 %');
  expect(differenceText(-0.39, -0.4)).toBe('+2.5 %');
  expect(differenceText(0.36, 0.4)).toBe('−10 %');
  for (const [cell, base] of [
    [1, 0],
    [Number.NaN, 1],
    ['a', 1],
    [1, undefined],
  ] as const)
    expect(differenceText(cell, base)).toBeUndefined();
});

test('groups of runs share a colour, and a picked one stays', () => {
  const runs = ['lr1/s1', 'lr1/s2', 'lr2/s1', 'other'].map((run) => summary(run, { wd: run.length }));
  const byGroup = { by: 'group', pattern: '^(lr\\d)' } as const;
  expect(runs.map((run) => groupOf(run, byGroup))).toEqual(['lr1', 'lr1', 'lr2', undefined]);
  const places = placesOf(runs, byGroup, new Map([['lr1/s2', 9]]));
  expect(runs.map(({ run }) => places.get(run))).toEqual([0, 9, 1, 2]);
  expect([...placesOf(runs, { by: 'value', name: 'wd' }, new Map()).values()]).toEqual([1, 1, 1, 0]);
  // While a pattern is being written it may be none.
  expect(new Set(placesOf(runs, { by: 'group', pattern: '(' }, new Map()).values()).size).toBe(1);
});

test('eight runs have eight colours, also where the names would give them fewer, and the older run keeps its own', () => {
  const names = ['tbx/lr0.01_s1', 'tbx/lr0.1_s2', 'tbx/lr0.01_s2', 'tbx/lr0.1_s3', 'a', 'b', 'c', 'd'];
  const runs = names.map((run, at) => runSummary(run, { firstWallTime: 100 + at }));
  const own = names.map((name) => placeOf(name) % RUN_COLOURS);
  // Otherwise this test is about nothing.
  expect(own[0]).toBe(own[1]);
  const byName = (listed: readonly RunSummary[], picked = new Map<string, number>()) =>
    placesOf(listed, { by: 'name' }, picked);
  const places = byName(runs);
  expect([...places.values()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(places.get(names[0]!)).toBe(own[0]);
  // In whatever order they are listed, and whatever run begins later or has not begun.
  const more = [
    ...runs,
    runSummary('tbx/lr0.001_s0', { firstWallTime: 900 }),
    runSummary('x', { firstWallTime: 0 }),
  ];
  const later = byName(more.reverse());
  for (const name of names) expect(later.get(name)).toBe(places.get(name));
  // A place that was picked is left to the run that it was picked for.
  expect(byName(runs, new Map([[names[3]!, own[0]!]])).get(names[0]!)).not.toBe(own[0]);
  const many = Array.from({ length: 3 * RUN_PLACES }, (_, at) =>
    runSummary(`net-${at}`, { firstWallTime: at + 1 }),
  );
  const ofMany = [...byName(many).values()];
  for (let first = 0; first < many.length; first += RUN_PLACES)
    expect(new Set(ofMany.slice(first, first + RUN_PLACES)).size).toBe(RUN_PLACES);
});

test('what is kept of the table is checked when it is read', () => {
  const kept = {
    ...INITIAL_PREFERENCES,
    columns: ['step', 'config:lr'],
    sort: { column: 'step', descending: true },
  };
  expect(parsePreferences(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  for (const wrong of [
    null,
    5,
    [],
    { ...kept, columns: ['none'] },
    { ...kept, picked: { a: 99 } },
    { ...kept, colouring: { by: 'mood' } },
  ])
    expect(parsePreferences(wrong)).toBeUndefined();
});

test('a run that says how many steps it will do shows its progress, and while it trains the time that is left', () => {
  const run = {
    state: 'live',
    lastStep: 250,
    totalSteps: 1000,
    secondsPerStep: 0.4,
    // A minute of start-up is not a part of the pace.
    firstWallTime: 100,
    lastWallTime: 260,
  } as const;
  const shown = (change: Partial<RunSummary>, id: string) =>
    cellText(cellOf(runSummary('a', { ...run, ...change }), id, NO_FACTS), id, 0);
  expect([shown({}, 'progress'), shown({}, 'left')]).toEqual(['25 %', '5:00']);
  expect(shown({ state: 'completed', lastStep: 1000 }, 'progress')).toBe('100 %');
  expect(shown({ state: 'completed' }, 'left')).toBe('–');
  expect(shown({ trainingPaused: true }, 'left')).toBe('–');
  expect(shown({ totalSteps: 0 }, 'progress')).toBe('–');
  // Of the first steps the log says no pace.
  const { secondsPerStep: _, ...begun } = run;
  expect(courseText(runSummary('a', begun))).toEqual({ done: '25 %' });
  const course = (change: Partial<RunSummary>) => courseText(runSummary('a', { ...run, ...change }));
  expect(course({})).toEqual({ done: '25 %', left: '5:00 left' });
  expect(course({ state: 'lost' })).toEqual({ done: '25 %' });
  expect(course({ state: 'failed' })).toBeUndefined();
});
