import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { expect, test } from 'vitest';
import { filterRuns } from './run-filter.js';

function summary(run: string, lastStep: number, loss?: string): RunSummary {
  const rest = {
    state: 'completed',
    synthetic: false,
    generation: 1,
    readToEnd: true,
    firstWallTime: 0,
    lastWallTime: 0,
    bytes: 0,
    gaps: 0,
  } as const;
  return { run, lastStep, sparkline: [], ...rest, ...(loss === undefined ? {} : { loss }) };
}

const runs = [
  summary('adam-1e-3', 100, '1.5'),
  summary('sgd-0.05', 500, '0.9'),
  summary('sgd-nan', 4, 'NaN'),
];
const configs: Record<string, { lr: number; optimizer: string }> = {
  'adam-1e-3': { lr: 1e-3, optimizer: 'adam' },
  'sgd-0.05': { lr: 0.05, optimizer: 'sgd' },
};
const names = (filter: string) => filterRuns(runs, filter, (run) => configs[run]).shown.map(({ run }) => run);

test('a filter is a regular expression over names', () => {
  expect(names('^SGD')).toEqual(['sgd-0.05', 'sgd-nan']);
  expect(names('')).toHaveLength(3);
});

test('a comparison looks at the configuration, the step, the loss and the state', () => {
  expect(names('lr>1e-3')).toEqual(['sgd-0.05']);
  expect(names('optimizer = adam')).toEqual(['adam-1e-3']);
  expect(names('step<=100')).toEqual(['adam-1e-3', 'sgd-nan']);
  expect(names('loss<1')).toEqual(['sgd-0.05']);
  expect(names('state=completed')).toHaveLength(3);
});

test('a broken expression hides nothing and is named', () => {
  const { shown, problem } = filterRuns(runs, '(', () => undefined);
  expect(shown).toHaveLength(3);
  expect(problem).toContain('No regular expression');
});
