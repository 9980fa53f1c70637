import type { RunDetail, RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { createRunDetails } from './run-details.js';

const { signal } = new AbortController();

function summary(run: string, gaps = 0, generation = 1): RunSummary {
  return runSummary(run, { state: 'live', lastStep: 9, gaps, generation });
}

function setUp(runs: readonly RunSummary[], generationOf = (_run: string) => 1) {
  const askedOne: string[] = [];
  let listings = 0;
  const byName = new Map(runs.map((one) => [one.run, one]));
  const detail = createRunDetails({
    runs: byName,
    one: (run) => {
      askedOne.push(run);
      const known = byName.get(run);
      return known ? Promise.resolve(alone(known)) : Promise.reject(new Error(`There is no ${run}.`));
    },
    listing: () => {
      listings++;
      return Promise.resolve({
        version: 1,
        tags: [{ tag: 'loss', kind: 'scalar' }],
        sets: [[0, 1]],
        runs: runs.map(({ run }) => ({ run, generation: generationOf(run), set: 0, rows: [7, 1] })),
      });
    },
  });
  return { detail, askedOne, listings: () => listings };
}

const tags = [{ tag: 'loss', kind: 'scalar', rows: 7 }];
const alone = (one: RunSummary): RunDetail => ({ summary: one, tags: [], gaps: [] });

test('the details of many runs are one request', async () => {
  const runs = Array.from({ length: 20 }, (_, i) => summary(`r${i}`));
  const { detail, askedOne, listings } = setUp(runs);
  const details = await Promise.all(runs.map(({ run }) => detail(run, signal)));
  expect(details).toEqual(runs.map((one) => ({ summary: one, tags, gaps: [] })));
  expect([askedOne, listings()]).toEqual([[], 1]);
});

test('what the listing does not say is asked for by itself: gaps, another generation, and a run that is not there', async () => {
  const runs = [summary('a'), summary('gaps', 2), summary('anew'), summary('b')];
  const { detail, askedOne } = setUp(runs, (run) => (run === 'anew' ? 2 : 1));
  const asked = [...runs.map(({ run }) => run), 'gone'].map((run) => detail(run, signal));
  const results = await Promise.allSettled(asked);
  expect(results.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    'rejected',
  ]);
  expect(askedOne).toEqual(['gaps', 'anew', 'gone']);
});

test('a few runs, or few of very many, are asked for one by one', async () => {
  const few = setUp([summary('a'), summary('b')]);
  await Promise.all(['a', 'b'].map((run) => few.detail(run, signal)));
  expect([few.askedOne, few.listings()]).toEqual([['a', 'b'], 0]);
  const many = setUp(Array.from({ length: 1000 }, (_, i) => summary(`r${i}`)));
  await Promise.all(Array.from({ length: 10 }, (_, i) => many.detail(`r${i}`, signal)));
  expect([many.askedOne.length, many.listings()]).toEqual([10, 0]);
});
