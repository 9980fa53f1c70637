import { type RefObject, useEffect, useState } from 'react';

/**
 * Whether an element is on the screen, or at most so many pixels above or below it. Where the browser cannot say it, every
 * element counts as near.
 */
export function useNearScreen(ref: RefObject<HTMLElement | null>, pixels: number): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    if (typeof globalThis.IntersectionObserver === 'undefined') {
      setIsNear(true);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => setIsNear(entries.at(-1)?.isIntersecting === true),
      { rootMargin: `${pixels}px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, pixels]);
  return isNear;
}
