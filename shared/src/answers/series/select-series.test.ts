import { expect, it } from 'vitest';
import type { Column, Run, RunSet } from '../../log-index/run.js';
import { SERIES_LIMITS } from '../../protocol/series.js';
import { type Selection, selectSeries } from './select-series.js';

const TAGS = 150;

function runOf(id: string): Run {
  const columns = Array.from({ length: TAGS }, (_, i) => ({ kind: 'scalar', tag: `t${i}` }) as Column);
  const column = (tag: string) => columns.find((one) => one.tag === tag) ?? null;
  return { id, columns: () => columns, column } as Partial<Run> as Run;
}

function select(runs: number, selection: Selection) {
  const all = new Map(Array.from({ length: runs }, (_, i) => [`run${i}`, runOf(`run${i}`)]));
  const search = selectSeries({ name: '/logs', runs: all } as Partial<RunSet> as RunSet, selection);
  for (;;) {
    const piece = search.next();
    if (piece.done) return piece.value;
  }
}

it('of more series than an answer may have the first are selected, and the rest is refused with its number', () => {
  const { series, refused } = select(100, {});
  expect(series).toHaveLength(SERIES_LIMITS.series);
  expect(refused).toEqual([
    { series: 100 * TAGS - SERIES_LIMITS.series, reason: expect.stringContaining('at most 10000 series') },
  ]);
});

it('a run that is not there and a tag that no run logs are refused by name, and nothing else is', () => {
  const { runs, tags, series, refused } = select(2, { runs: ['run1', 'gone'], tags: ['t3', 'none'] });
  expect([runs.map(({ id }) => id), tags, series]).toEqual([['run1'], ['t3'], [{ run: 0, tag: 0 }]]);
  expect(refused).toEqual([
    { run: 'gone', reason: expect.stringContaining('no such run') },
    { tag: 'none', reason: expect.stringContaining('None of the runs') },
  ]);
});
