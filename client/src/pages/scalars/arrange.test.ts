import { expect, test } from 'vitest';
import { drop, dropAt, movePinned, pin, takeApart } from './arrange.js';

const card = (...tags: string[]) => ({ id: tags[0]!, tags });
const START = { pinned: ['a', 'b', 'c'], together: [] };

test('a card is pinned behind the others, and unpinned', () => {
  expect(pin(START, 'd', true).pinned).toEqual(['a', 'b', 'c', 'd']);
  expect(pin(START, 'b', false).pinned).toEqual(['a', 'c']);
});

test('a pinned card is moved by places, and no further than the ends', () => {
  expect(movePinned(START, 'a', 1).pinned).toEqual(['b', 'a', 'c']);
  expect(movePinned(START, 'a', -1).pinned).toEqual(['a', 'b', 'c']);
  expect(movePinned(START, 'none', 1)).toEqual(START);
});

test('a card that is dropped before or after a pinned one is pinned there', () => {
  expect(drop(START, card('c'), card('a'), 'before').pinned).toEqual(['c', 'a', 'b']);
  expect(drop(START, card('a'), card('b'), 'after').pinned).toEqual(['b', 'a', 'c']);
  expect(drop(START, card('new'), card('b'), 'before').pinned).toEqual(['a', 'new', 'b', 'c']);
  expect(drop(START, card('a'), card('a'), 'into')).toEqual(START);
});

test('a card that is dropped into another one shares it until they are taken apart', () => {
  const shared = drop(START, card('b'), card('a'), 'into');
  expect(shared).toEqual({ pinned: ['a', 'c'], together: [['a', 'b']] });
  expect(takeApart(shared, card('a', 'b')).together).toEqual([]);
});

test('the edges of a pinned card mean before and after, and all else into', () => {
  expect([0.1, 0.5, 0.9].map((share) => dropAt(share, true, true))).toEqual(['before', 'into', 'after']);
  expect([0.1, 0.5, 0.9].map((share) => dropAt(share, false, true))).toEqual(['into', 'into', 'into']);
});

test('a card of a layout is not put into another one', () => {
  expect([0.1, 0.6].map((share) => dropAt(share, true, false))).toEqual(['before', 'after']);
  expect(dropAt(0.5, false, false)).toBeUndefined();
});
