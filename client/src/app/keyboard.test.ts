import { expect, test } from 'vitest';
import { createGlobalKeys } from './keyboard.js';
import { PAGES } from './pages.js';

/** Presses keys one after the other, `apart` milliseconds apart. Returns what was asked for. */
function press(keys: readonly string[], apart = 100): string[] {
  const done: string[] = [];
  const handle = createGlobalKeys(PAGES, {
    toggleTheme: () => done.push('theme'),
    toggleHelp: () => done.push('help'),
    goTo: ({ id }) => done.push(`page ${id}`),
  });
  keys.forEach((key, at) => {
    const event = new KeyboardEvent('keydown', { key });
    Object.defineProperty(event, 'timeStamp', { value: 1000 + at * apart });
    handle(event);
  });
  return done;
}

test('G and then the letter of a page go there', () => {
  expect(press(['g', 'l'])).toEqual(['page lab']);
  expect(press(['G', 'Shift', 'R'])).toEqual(['page run']);
});

test('a letter on its own, a page that is not, and one that comes too late go nowhere', () => {
  expect(press(['l'])).toEqual([]);
  expect(press(['g', 'x', 'l'])).toEqual([]);
  expect(press(['g', 'l'], 2000)).toEqual([]);
});

test('keys that mean something else go on meaning it', () => {
  expect(press(['t', '?', 'g', '?'])).toEqual(['theme', 'help', 'help']);
});
