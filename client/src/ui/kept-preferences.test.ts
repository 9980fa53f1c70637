import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKeptPreferences } from './kept-preferences.js';
import { createStore } from './store.js';

interface Cards {
  readonly columns: number;
}

function parse(stored: unknown): Cards | undefined {
  const isCards = typeof stored === 'object' && stored !== null && 'columns' in stored;
  return isCards && typeof stored.columns === 'number' ? { columns: stored.columns } : undefined;
}

const OPTIONS = { name: 'cards', initial: { columns: 3 }, parse };
const KEY = 'convscope.cards:./runs';

function openIn(logdir: string | undefined) {
  const where = createStore(logdir === undefined ? undefined : { logdir });
  return { where, cards: createKeptPreferences(OPTIONS, where) };
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('what was chosen in a log directory is there again in it, and in no other', () => {
  openIn('./runs').cards.set({ columns: 2 });
  expect(openIn('./runs').cards.get()).toEqual({ columns: 2 });
  expect(openIn('./other').cards.get()).toEqual({ columns: 3 });
});

test('what is stored is read when the log directory becomes known, and again when another one is served', () => {
  localStorage.setItem(KEY, '{"columns":4}');
  const { where, cards } = openIn(undefined);
  const seen: number[] = [];
  cards.subscribe(() => seen.push(cards.get().columns));
  where.set({ logdir: './runs' });
  where.set({ logdir: './other' });
  expect(seen).toEqual([4, 3]);
});

test('a choice made before the log directory is known is kept in it', () => {
  localStorage.setItem(KEY, '{"columns":4}');
  const { where, cards } = openIn(undefined);
  cards.set({ columns: 1 });
  where.set({ logdir: './runs' });
  expect(cards.get()).toEqual({ columns: 1 });
  expect(localStorage.getItem(KEY)).toBe('{"columns":1}');
});

test('what cannot be understood is ignored', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  for (const stored of ['{"columns":', '{"columns":"many"}', 'null', '[]', '7', '']) {
    localStorage.setItem(KEY, stored);
    expect(openIn('./runs').cards.get(), stored).toEqual({ columns: 3 });
  }
});

test('without storage a choice lasts as long as the page', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const denied = () => {
    throw new Error('denied');
  };
  vi.stubGlobal('localStorage', { getItem: denied, setItem: denied, clear: () => undefined });
  const { cards } = openIn('./runs');
  cards.set({ columns: 2 });
  expect(cards.get()).toEqual({ columns: 2 });
});
