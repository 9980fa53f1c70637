import { expect, test } from 'vitest';
import { parsePreferences, USUAL_PREFERENCES } from './preferences.js';
import { hashFromView, type ScalarsView, USUAL_VIEW, viewFromHash } from './view.js';

test('a link holds the whole view', () => {
  const view: ScalarsView = {
    filter: '^train/.*&=#',
    x: 'wall',
    logX: true,
    logY: true,
    smoothing: 0.987,
    ignoreOutliers: false,
    link: 'range',
    at: 1_764_300_000.25,
    range: { first: -1.5, last: 2e9 },
    earlier: true,
    group: 'regex:(.*)_seed',
    band: 'deviation',
    full: 'train/loss',
    pinned: ['val/acc', 'train/loss'],
    together: [
      ['train/loss', 'val/loss'],
      ['a "b"', 'c,d&e'],
    ],
    runs: { filter: 'a|b', hidden: ['a/1', 'a/2'], drawn: ['b'], others: 'none' },
  };
  expect(viewFromHash(hashFromView(view))).toEqual(view);
  expect(viewFromHash(hashFromView(USUAL_VIEW))).toEqual(USUAL_VIEW);
});

test('what an address says and cannot be understood is as usual', () => {
  const hash = '#scalars?smoothing=2&x=epochs&logy=yes&at=many&range=5~1&link=all&band=&outliers=7';
  expect(viewFromHash(hash)).toEqual(USUAL_VIEW);
  expect(viewFromHash('#scalars?pin=&pin=a&pin=a').pinned).toEqual(['a']);
  const cards = ['["a","b"]', '["d","d"]', '["e"]', '["f",7]', '[', '["g","h"]'];
  const asked = new URLSearchParams(cards.map((card) => ['card', card]));
  expect(viewFromHash(`#scalars?${asked}`).together).toEqual([
    ['a', 'b'],
    ['g', 'h'],
  ]);
  expect(viewFromHash('#scalars?smoothing=NaN&range=1~2~3&at=')).toEqual(USUAL_VIEW);
});

test('preferences that are damaged are as usual, each for itself', () => {
  expect(parsePreferences('nothing')).toBeUndefined();
  expect(parsePreferences([])).toBeUndefined();
  expect(parsePreferences({})).toEqual(USUAL_PREFERENCES);
  const kept = parsePreferences({
    columns: 900,
    size: 'huge',
    pinned: ['a', 7, 'b'],
    together: [['a', 'b'], ['alone'], 'c'],
    closed: 'train',
    smoothing: 3,
    utc: true,
  });
  expect(kept).toEqual({ ...USUAL_PREFERENCES, pinned: ['a', 'b'], together: [['a', 'b']], utc: true });
});
