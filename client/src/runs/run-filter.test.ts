import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { SeriesSummary } from '@convscope/shared/protocol/summaries.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { filterRuns } from './run-filter.js';
import { scalarsNamed } from './table/run-values.js';

function summary(run: string, lastStep: number, change: Partial<RunSummary> = {}): RunSummary {
  return runSummary(run, { lastStep, ...change });
}

const runs = [
  summary('adam-1e-3', 100, {
    loss: '1.5',
    config: { lr: 1e-3, optimizer: 'adam', augmentation: 'crop and mirror' },
  }),
  summary('sgd-0.05', 500, { loss: '0.9', config: { lr: 0.05, optimizer: 'sgd', empty: '', amp: true } }),
  summary('sgd-nan', 4, { loss: 'NaN' }),
];
const names = (filter: string) => filterRuns(runs, filter).shown.map(({ run }) => run);

test('a filter is a regular expression over names', () => {
  expect(names('^SGD')).toEqual(['sgd-0.05', 'sgd-nan']);
  expect(names('')).toHaveLength(3);
});

test('a comparison looks at the configuration of every run, the step, the loss and the state', () => {
  expect(names('lr>1e-3')).toEqual(['sgd-0.05']);
  expect(names('lr >= 1e-3')).toEqual(['adam-1e-3', 'sgd-0.05']);
  expect(names('optimizer = adam')).toEqual(['adam-1e-3']);
  expect(names('optimizer!=adam')).toEqual(['sgd-0.05']);
  expect(names('step<=100')).toEqual(['adam-1e-3', 'sgd-nan']);
  expect(names('loss<1')).toEqual(['sgd-0.05']);
  expect(names('loss=NaN')).toEqual(['sgd-nan']);
  expect(names('state=completed')).toHaveLength(3);
});

test('the status is the word that is shown', () => {
  const live = { state: 'live', readToEnd: true } as const;
  const some = [...runs, summary('a', 1, live), summary('b', 1, { ...live, trainingPaused: true })];
  const having = (filter: string) => filterRuns(some, filter).shown.map(({ run }) => run);
  expect(having('status=finished')).toHaveLength(3);
  expect([having('status=live'), having('status=paused')]).toEqual([['a'], ['b']]);
});

test('of several comparisons all must hold, and a value with spaces is quoted', () => {
  expect(names('state=completed lr>1e-4, loss<1')).toEqual(['sgd-0.05']);
  expect(names('lr>1e-4 and optimizer=adam')).toEqual(['adam-1e-3']);
  expect(names('augmentation="crop and mirror"')).toEqual(['adam-1e-3']);
});

test('texts and truths are not numbers', () => {
  expect(names('empty=0')).toEqual([]);
  expect(names('amp=1')).toEqual([]);
  expect(names('amp=true')).toEqual(['sgd-0.05']);
});

test('a comparison by order with what is no number says so, and lists all runs', () => {
  const { shown, problem, note } = filterRuns(runs, 'lr>1,000');
  expect(shown).toEqual(runs);
  expect(problem).toBe('1,000 after lr> is not a number: write one such as 1000, 1e-3 or inf.');
  expect(note).toBeUndefined();
  // It may still be a part of names.
  expect(names('cifar->mnist')).toEqual([]);
  expect(filterRuns([...runs, summary('cifar->mnist', 1)], 'cifar->mnist').shown).toHaveLength(1);
});

test('lowest, highest and newest loss are those of the curve that the loss of a run is of', () => {
  const summaryOf = (low: number, high: number): SeriesSummary => ({
    ...{ run: 0, tag: 0 },
    ...{ points: 2, nonFinite: 0 },
    last: { step: 1, wallTime: 1, value: high },
    min: { step: 0, wallTime: 0, value: low },
    max: { step: 1, wallTime: 1, value: high },
  });
  const some = [
    summary('ours', 1, { loss: '0.9', lossTag: 'train/loss' }),
    summary('plain', 1, { loss: '0.8', lossTag: 'loss' }),
    summary('none', 1),
  ];
  const facts = {
    configs: new Map(),
    summaries: new Map([
      [
        'train/loss',
        new Map([
          ['ours', summaryOf(0.1, 0.9)],
          ['plain', summaryOf(5, 6)],
        ]),
      ],
      ['loss', new Map([['plain', summaryOf(0.2, 0.8)]])],
    ]),
  };
  const having = (filter: string) => filterRuns(some, filter, facts).shown.map(({ run }) => run);
  expect(having('min(loss)<0.5')).toEqual(['ours', 'plain']);
  expect(having('max(loss)>0.85')).toEqual(['ours']);
  expect(having('last(loss)=0.8')).toEqual(['plain']);
  const tags = ['train/loss', 'loss', 'acc'];
  expect(scalarsNamed([{ name: 'loss', of: 'min' }], tags, some).sort()).toEqual(['loss', 'train/loss']);
  expect(scalarsNamed([{ name: 'acc', of: 'min' }], tags, some)).toEqual(['acc']);
});

test('runs that are missing because they lack the value are counted', () => {
  expect(filterRuns(runs, 'lr>1e-3').note).toBe('1 of 3 runs have no value lr.');
  expect(filterRuns(runs, 'step>0').note).toBeUndefined();
  const long = summary('long', 1, { config: { seed: 1 }, configOmitted: 3 });
  expect(filterRuns([...runs, long], 'lr>1e-3').note).toContain('1 of them because their configuration is');
});

test('a value that no run has is looked for in the names, and that is said', () => {
  const swept = [summary('lr=0.1_wd=0', 1), summary('lr=0.2_wd=0', 1)];
  const { shown, note } = filterRuns(swept, 'lr=0.1');
  expect(shown.map(({ run }) => run)).toEqual(['lr=0.1_wd=0']);
  expect(note).toContain('No run has a value lr');
  expect(filterRuns(runs, 'constructor>1').note).toContain('No run has a value constructor');
});

test('a broken expression hides nothing and is named', () => {
  const { shown, problem } = filterRuns(runs, '(');
  expect(shown).toHaveLength(3);
  expect(problem).toContain('Not a regular expression');
});
