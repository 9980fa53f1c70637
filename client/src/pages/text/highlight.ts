/** Marks places of a text in an element, without changing it. Browsers that have no CSS highlights mark nothing. */

const NAME = 'text-search';
const MOST_MARKED = 1_000;

/** Returns the function that takes the marks away. */
export function highlightIn(element: Element, search: string): (() => void) | undefined {
  if (search === '' || typeof CSS === 'undefined' || !('highlights' in CSS)) return undefined;
  const highlight = CSS.highlights.get(NAME) ?? new Highlight();
  CSS.highlights.set(NAME, highlight);
  const marked = rangesOf(element, search.toLowerCase());
  for (const range of marked) highlight.add(range);
  return () => {
    for (const range of marked) highlight.delete(range);
  };
}

function rangesOf(element: Element, search: string): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase();
    for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + search.length)) {
      if (ranges.length === MOST_MARKED) return ranges;
      const range = document.createRange();
      // A letter may have another length in lower case.
      range.setStart(node, Math.min(at, node.textContent?.length ?? 0));
      range.setEnd(node, Math.min(at + search.length, node.textContent?.length ?? 0));
      ranges.push(range);
    }
  }
  return ranges;
}
