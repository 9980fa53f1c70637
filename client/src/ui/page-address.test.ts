import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPageAddress } from './page-address.js';
import { createViewFormat, field } from './view-format.js';
import { whole } from './view-kinds.js';

const FORMAT = createViewFormat<{ a: number; b: number }>({
  a: field('a', whole(), 0, 'it is 0'),
  b: field('b', whole(), 0, 'it is 0'),
});

function opened(hash: string) {
  history.replaceState(null, '', hash);
  return createPageAddress({ id: 'page', format: FORMAT });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what the page chooses by itself is written to the address', () => {
  const address = opened('#page?a=1');
  address.fill({ b: 2 });
  vi.runAllTimers();
  expect([address.state.get(), location.hash]).toEqual([{ a: 1, b: 2 }, '#page?a=1&b=2']);
});

test('what an address misspells stays named, and stays there, until the user changes something', () => {
  const address = opened('#page?a=1&bee=2');
  const sentence = 'This page does not know “bee” in the address: it is left out.';
  address.fill({ b: 2 });
  vi.runAllTimers();
  expect(address.problems.get()).toEqual([sentence]);
  expect([address.hash.get(), location.hash]).toEqual(['#page?a=1&b=2', '#page?a=1&bee=2']);
  address.show({ a: 3 });
  vi.runAllTimers();
  expect([address.problems.get(), location.hash]).toEqual([[], '#page?a=3&b=2']);
});

test('what the page shows in the place of what is not there is said', () => {
  const address = opened('#page?a=99');
  address.fill({ a: 7 }, ['There is no a 99: a 7 is shown.']);
  expect([address.state.get().a, address.problems.get()]).toEqual([7, ['There is no a 99: a 7 is shown.']]);
});
