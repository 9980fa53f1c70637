import { pageTarget } from '@convscope/shared/testing/fuzz/decode-targets.js';
import { withOwnEvents } from '@convscope/shared/testing/fuzz/own-events.js';
import { runFuzz } from '@convscope/shared/testing/fuzz/run-fuzz.js';
import { expect, test } from 'vitest';
import * as page from './decode-event.js';

/** Inputs; `scripts/fuzz` takes any number of them, and damages files of other writers as well. */
const INPUTS = 20_000;

test("only what is declared leaves the page's decoder, whatever bytes it is given", () => {
  const samples = withOwnEvents({ events: [], pictures: [] });
  const { findings, read, refused } = runFuzz(pageTarget(samples, page), 20_261_128, INPUTS);
  expect(findings.map(({ what, seed }) => `${what} (seed ${seed})`)).toEqual([]);
  expect(Math.min(read, refused)).toBeGreaterThan(INPUTS / 50);
}, 60_000);
