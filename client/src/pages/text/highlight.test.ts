import { afterEach, expect, test, vi } from 'vitest';
import { highlightIn } from './highlight.js';

class FakeHighlight extends Set<Range> {}

afterEach(() => {
  vi.unstubAllGlobals();
});

function textOf(text: string): HTMLElement {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
}

test('every place of a text is marked, whatever its case, until the marks are taken away', () => {
  const highlights = new Map<string, Set<Range>>();
  vi.stubGlobal('CSS', { highlights });
  vi.stubGlobal('Highlight', FakeHighlight);
  const unmark = highlightIn(textOf('Loss of the loss'), 'LOSS');
  const [marked] = highlights.values();
  expect([...marked!].map(({ startOffset, endOffset }) => [startOffset, endOffset])).toEqual([
    [0, 4],
    [12, 16],
  ]);
  unmark?.();
  expect(marked!.size).toBe(0);
});

test('without CSS.highlights nothing is marked', () => {
  vi.stubGlobal('CSS', {});
  expect(highlightIn(textOf('loss'), 'loss')).toBeUndefined();
  vi.stubGlobal('CSS', undefined);
  expect(highlightIn(textOf('loss'), 'loss')).toBeUndefined();
});
