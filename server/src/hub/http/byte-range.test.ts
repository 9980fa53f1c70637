import { describe, expect, it } from 'vitest';
import { byteRange, cutOut, isKnown } from './byte-range.js';

const ETAG = '"1-2"';

describe('a range of 10 bytes', () => {
  it.each([
    ['bytes=0-3', { from: 0, to: 4 }],
    ['bytes=4-', { from: 4, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-99', { from: 0, to: 10 }],
    ['bytes=8-99', { from: 8, to: 10 }],
    ['bytes=10-', 'outside'],
    ['bytes=5-4', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=-', null],
    ['bytes=0-1,4-5', null],
    ['items=0-1', null],
    ['bytes=99999999999999999999-', null],
  ])('%s', (range, expected) => {
    expect(byteRange({ range }, 10, ETAG)).toEqual(expected);
  });

  it('is all of them when the condition names other bytes, or nothing is asked', () => {
    expect(byteRange({}, 10, ETAG)).toBeNull();
    expect(byteRange({ range: 'bytes=0-1', 'if-range': '"other"' }, 10, ETAG)).toBeNull();
    expect(byteRange({ range: 'bytes=0-1', 'if-range': ETAG }, 10, ETAG)).toEqual({ from: 0, to: 2 });
  });
});

it('bytes are known by their tag, weak or strong, or one of several', () => {
  expect(
    ['"1-2"', 'W/"1-2"', '"0", "1-2"', '*'].map((known) => isKnown({ 'if-none-match': known }, ETAG)),
  ).toEqual([true, true, true, true]);
  expect(isKnown({}, ETAG) || isKnown({ 'if-none-match': '"other"' }, ETAG)).toBe(false);
});

it('a part is cut out of pieces', async () => {
  async function* pieces() {
    for (const numbers of [[0, 1, 2], [3], [4, 5, 6, 7]]) yield Uint8Array.from(numbers);
  }
  for (let from = 0; from < 8; from++) {
    for (let to = from + 1; to <= 8; to++) {
      const got: number[] = [];
      for await (const piece of cutOut(pieces(), { from, to })) got.push(...piece);
      expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7].slice(from, to));
    }
  }
});
