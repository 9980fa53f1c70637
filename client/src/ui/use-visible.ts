import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWaiting } from './use-waiting.js';

/** How far from the visible part something counts as visible already, in pixels. */
const MARGIN = 200;

/** A ref for an element, and whether it is in the visible part of the page or close to it. */
export function useVisible<E extends HTMLElement>(): [React.RefObject<E | null>, boolean] {
  const ref = useRef<E>(null);
  const [isVisible, setVisible] = useState<boolean>();
  // What is visible begins to load when that is known.
  useWaiting(isVisible === undefined);
  // The observer tells a frame later, for which the first parts of a page need not wait.
  useLayoutEffect(() => {
    if (ref.current !== null && isNear(ref.current)) setVisible(true);
  }, []);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    if (typeof IntersectionObserver === 'undefined') {
      setVisible(true);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting === true),
      // Without a root the margin would not count in a scrolled pane.
      { root: scrollerOf(element), rootMargin: `${MARGIN}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, isVisible === true];
}

/** The same, and whether the element has been visible before: what was fetched for it is shown on. */
export function useSeen<E extends HTMLElement>(): [React.RefObject<E | null>, boolean, wasSeen: boolean] {
  const [ref, isVisible] = useVisible<E>();
  const [wasSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isVisible) setSeen(true);
  }, [isVisible]);
  return [ref, isVisible, wasSeen || isVisible];
}

function isNear(element: Element): boolean {
  const box = element.getBoundingClientRect();
  // Without a size it is not laid out.
  if (box.width === 0 && box.height === 0) return false;
  const window = scrollerOf(element)?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  return box.bottom > window.top - MARGIN && box.top < window.bottom + MARGIN;
}

function scrollerOf(element: Element): Element | null {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement)
    if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent;
  return null;
}
