import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import type { RunList } from '../../sources/source.js';
import { DeletedRuns } from './deleted-runs.js';

const listOf = (...runs: readonly RunSummary[]): RunList => ({ logdir: '', runs });
const [a, b] = [runSummary('a'), runSummary('b')];
const namesIn = (list: RunList) => list.runs.map(({ run }) => run);

test('a deleted run is not listed while the list has not heard of it', () => {
  const deleted = new DeletedRuns();
  deleted.delete(['a'], listOf(a, b));
  expect(namesIn(deleted.shownIn(listOf(a, b)))).toEqual(['b']);
  expect(namesIn(deleted.shownIn(listOf(a, b)))).toEqual(['b']);
  expect(namesIn(deleted.shownIn(listOf(b)))).toEqual(['b']);
  // A new run of this name, or the old one that somebody else has restored.
  expect(namesIn(deleted.shownIn(listOf(a, b)))).toEqual(['a', 'b']);
});

test('a deleted run that is restored before the list has heard of either is listed', () => {
  const deleted = new DeletedRuns();
  deleted.delete(['a', 'b'], listOf(a, b));
  deleted.restore(['a']);
  expect(namesIn(deleted.shownIn(listOf(a, b)))).toEqual(['a']);
});

test.each([{ generation: 2 }, { bytes: 7 }])(
  'a deleted run that is written again is listed: %o',
  (change) => {
    const deleted = new DeletedRuns();
    deleted.delete(['a'], listOf(a));
    expect(namesIn(deleted.shownIn(listOf(runSummary('a', change))))).toEqual(['a']);
  },
);
