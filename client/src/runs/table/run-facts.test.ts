import type { Listing } from '@convscope/shared/protocol/listing.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test, vi } from 'vitest';
import type { Source } from '../../sources/source.js';
import { RunFacts } from './run-facts.js';

function listingOf(...tags: readonly string[]): Listing {
  return { version: 1, tags: tags.map((tag) => ({ tag, kind: 'scalar' })), sets: [], runs: [] };
}

test('the scalars that a listed run has begun to log are there when they are shown again', async () => {
  let now = listingOf('loss');
  const facts = new RunFacts({ listing: async () => now } as unknown as Source);
  facts.listed([runSummary('a', { state: 'live' })]);
  facts.wantTags();
  await vi.waitFor(() => expect(facts.tags.get()).toEqual(['loss']));
  now = listingOf('loss', 'accuracy');
  facts.wantTags();
  await vi.waitFor(() => expect(facts.tags.get()).toEqual(['accuracy', 'loss']));
});
