import { expect, it } from 'vitest';
import { type Listing, listingSchema, tagsOf } from './listing.js';

const listing: Listing = {
  version: 1,
  tags: [
    { tag: 'loss', kind: 'scalar' },
    { tag: 'accuracy', kind: 'scalar' },
    { tag: 'picture', kind: 'image' },
  ],
  sets: [[0, 3], [2, 1, 0, 1], []],
  runs: [
    { run: 'a', generation: 1, set: 0, rows: [100, 2, 5, 1] },
    { run: 'b', generation: 2, set: 1, rows: [7, 1, 8, 1] },
    { run: 'c', generation: 3, set: 2, rows: [] },
  ],
};

it('tells the tags and rows of each run', () => {
  expect(listing.runs.map((run) => tagsOf(listing, run))).toEqual([
    [
      { tag: 'loss', kind: 'scalar', rows: 100 },
      { tag: 'accuracy', kind: 'scalar', rows: 100 },
      { tag: 'picture', kind: 'image', rows: 5 },
    ],
    [
      { tag: 'picture', kind: 'image', rows: 7 },
      { tag: 'loss', kind: 'scalar', rows: 8 },
    ],
    [],
  ]);
});

it('keeps all of its fields', () => {
  expect(listingSchema.parse(listing)).toEqual(listing);
});
