import type { Listing } from '@convscope/shared/protocol/listing.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunList, Source } from '../../sources/source.js';
import { createStore } from '../../ui/store.js';
import { createScalarListing } from './scalar-listing.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NOTHING: Listing = { version: 1, tags: [], sets: [], runs: [] };

function listingOf(...runs: readonly string[]): Listing {
  return {
    version: 1,
    tags: [{ tag: 'loss', kind: 'scalar' }],
    sets: [[0, 1], []],
    runs: runs.map((run) => ({ run, generation: 1, set: run === 'empty' ? 1 : 0, rows: [1, 1] })),
  };
}

function followed(first: Listing) {
  const answers = { now: first };
  const listing = vi.fn(async () => answers.now);
  const list = createStore<RunList | undefined>(undefined);
  const scalars = createScalarListing({ listing } as unknown as Source, list);
  const show = (...runs: readonly { run: string; readToEnd: boolean }[]): void =>
    list.set({ logdir: '/runs', runs: runs.map(({ run, readToEnd }) => runSummary(run, { readToEnd })) });
  return { answers, listing, scalars, show };
}

test('an answer that is older than the list of runs is replaced, though the list does not change again', async () => {
  const { answers, scalars, show } = followed(NOTHING);
  answers.now = listingOf('a');
  show({ run: 'a', readToEnd: true });
  const stop = scalars.follow();
  await vi.advanceTimersByTimeAsync(0);
  expect(scalars.tags.get()).toMatchObject({ whole: new Set(), all: [] });
  await vi.advanceTimersByTimeAsync(2000);
  expect(scalars.tags.get()).toMatchObject({ whole: new Set('a'), all: ['loss'] });
  stop();
});

test('a run has no other tags only when it had been read to its end before they were asked for', async () => {
  const { answers, listing, scalars, show } = followed(listingOf('empty'));
  show({ run: 'empty', readToEnd: false });
  const stop = scalars.follow();
  await vi.advanceTimersByTimeAsync(4000);
  expect(scalars.tags.get()).toMatchObject({ whole: new Set(), all: [] });
  show({ run: 'empty', readToEnd: true });
  await vi.advanceTimersByTimeAsync(4000);
  expect(scalars.tags.get()).toMatchObject({ whole: new Set(['empty']), all: [] });

  answers.now = listingOf('empty', 'b');
  show({ run: 'empty', readToEnd: true }, { run: 'b', readToEnd: true });
  expect(scalars.tags.get()?.whole, 'before it was asked again').toEqual(new Set(['empty']));
  await vi.advanceTimersByTimeAsync(4000);
  expect(scalars.tags.get()).toMatchObject({ whole: new Set(['empty', 'b']), all: ['loss'] });

  const asked = listing.mock.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(listing.mock.calls.length, 'while nothing changes').toBe(asked);
  stop();
});
