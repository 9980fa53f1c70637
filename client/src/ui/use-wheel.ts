import { type RefObject, useEffect, useRef } from 'react';

/**
 * Listens to the wheel on an element. React's own listener is passive, so it could not keep the page from scrolling or
 * zooming: call `preventDefault` for a turn that was used.
 */
export function useWheel(ref: RefObject<HTMLElement | null>, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  useEffect(() => {
    latest.current = onWheel;
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const listen = (event: WheelEvent) => latest.current(event);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [ref]);
}
