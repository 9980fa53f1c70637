import { afterEach, expect, test } from 'vitest';
import { isEmbedded, noteEmbedded } from './embedded.js';

afterEach(() => noteEmbedded('#run?embed=0'));

test('an address that asks for it makes a bare page, and what the page writes to it later changes nothing', () => {
  for (const hash of ['', '#run', '#run?embed=0', '#run?layer=embed', '#lab?embed']) {
    noteEmbedded(hash);
    expect(isEmbedded.get()).toBe(false);
  }
  noteEmbedded('#run?run=a&layer=conv1&embed=1');
  noteEmbedded('#run?run=a&layer=conv2');
  expect(isEmbedded.get()).toBe(true);
  expect(document.documentElement.hasAttribute('data-embed')).toBe(true);
});

test('an address that says so makes it a whole page again', () => {
  noteEmbedded('#run?embed=1');
  noteEmbedded('#lab?k=3&embed=0');
  expect(isEmbedded.get()).toBe(false);
  expect(document.documentElement.hasAttribute('data-embed')).toBe(false);
});
