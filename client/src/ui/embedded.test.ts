import { afterEach, expect, test } from 'vitest';
import { isEmbedded, noteEmbedded } from './embedded.js';

afterEach(() => {
  delete document.documentElement.dataset['embed'];
});

test('an address that asks for it makes a bare page, and what the page writes to it later changes nothing', () => {
  for (const hash of ['', '#run', '#run?embed=0', '#run?layer=embed', '#lab?embed']) {
    noteEmbedded(hash);
    expect(isEmbedded()).toBe(false);
  }
  noteEmbedded('#run?run=a&layer=conv1&embed=1');
  noteEmbedded('#run?run=a&layer=conv2');
  expect(isEmbedded()).toBe(true);
});
