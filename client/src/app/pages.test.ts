import { expect, test } from 'vitest';
import { PAGES, pageOf } from './pages.js';

test('no two pages claim one letter, one address or one name', () => {
  for (const of of [
    PAGES.map(({ letter }) => letter),
    PAGES.map(({ id }) => id),
    PAGES.map(({ name }) => name),
  ])
    expect(new Set(of).size).toBe(PAGES.length);
});

test('a letter is one that the keyboard gives after G', () => {
  for (const { letter } of PAGES) expect(letter).toMatch(/^[a-z]$/);
});

test('the address names the page, and none names the first', () => {
  expect(pageOf(PAGES, '#lab?k=3').id).toBe('lab');
  expect(pageOf(PAGES, '#run').id).toBe('run');
  for (const hash of ['', '#', '#labs', '#nowhere?x=1']) expect(pageOf(PAGES, hash).id).toBe('run');
});
