/**
 * Scrolls the list that an element stands in until the element is visible. `scrollIntoView` would also make the next Tab go
 * on from the element, so that the first Tab on a page that has just been opened would skip its first controls.
 */
export function reveal(element: HTMLElement | null): void {
  const list = element === null ? undefined : scrollerOf(element);
  if (element === null || list === undefined) return;
  const [box, frame] = [element.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollLeft += beyond(box.left, box.right, frame.left, frame.left + list.clientWidth);
  list.scrollTop += beyond(box.top, box.bottom, frame.top, frame.top + list.clientHeight);
}

/** How far to scroll so that a range lies within another, or at its beginning if it is longer. */
function beyond(from: number, to: number, first: number, last: number): number {
  if (from < first) return from - first;
  return to > last ? Math.min(to - last, from - first) : 0;
}

function scrollerOf(element: HTMLElement): HTMLElement | undefined {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(parent);
    if (/auto|scroll/.test(overflowX + overflowY)) return parent;
  }
  return undefined;
}
