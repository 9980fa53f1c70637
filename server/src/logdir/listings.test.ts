import { expect, it, vi } from 'vitest';
import { createListings } from './listings.js';

const waitFor = (condition: () => void) => vi.waitFor(condition, { timeout: 30_000, interval: 5 });

it('one listing answers for all files that were reported before it began', async () => {
  const ends: (() => void)[] = [];
  const list = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
  const listings = createListings(list);
  for (let i = 0; i < 100; i++) listings.add('run');
  listings.add('other');
  expect(list.mock.calls).toEqual([['run'], ['other']]);
  ends[0]!();
  // The files that came while it ran may not have been in it.
  await waitFor(() => expect(list).toHaveBeenCalledTimes(3));
  ends[1]!();
  ends[2]!();
  listings.add('other');
  await waitFor(() => expect(list).toHaveBeenCalledTimes(4));
  expect(list.mock.calls.slice(2)).toEqual([['run'], ['other']]);
  listings.close();
  listings.add('run');
  expect(list).toHaveBeenCalledTimes(4);
});
