/** Keeps the chosen tile of a strip in view, also while tiles are added and grow, until the user scrolls elsewhere. */
import { type RefCallback, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Room that stays free beside the tile, so that its neighbour can be seen. */
const MARGIN = 32;
/** What a user does to scroll. */
const BY_HAND = ['wheel', 'pointerdown', 'touchmove'] as const;

/** References to the strip that scrolls and to the row of its tiles. The chosen tile has `aria-current`. */
export function useChosenInView(
  chosen: string | undefined,
): readonly [RefCallback<HTMLElement>, RefCallback<HTMLElement>] {
  const [strip, setStrip] = useState<HTMLElement | null>(null);
  const [row, setRow] = useState<HTMLElement | null>(null);
  const isElsewhere = useRef(false);

  const show = useCallback(() => {
    const tile = row?.querySelector<HTMLElement>('[aria-current]');
    if (strip === null || tile === null || tile === undefined || isElsewhere.current) return;
    const [left, right] = [tile.offsetLeft - MARGIN, tile.offsetLeft + tile.offsetWidth + MARGIN];
    if (left < strip.scrollLeft) strip.scrollLeft = left;
    else if (right > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = right - strip.clientWidth;
  }, [strip, row]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another chosen tile is shown, wherever the user has scrolled
  useLayoutEffect(() => {
    isElsewhere.current = false;
    show();
  }, [chosen, show]);

  useLayoutEffect(() => {
    if (strip === null || row === null) return;
    const leave = () => {
      isElsewhere.current = true;
    };
    /** A mouse has one wheel: over the strip it scrolls sideways. */
    const turn = (event: WheelEvent) => {
      if (event.deltaX !== 0 || event.ctrlKey) return;
      const before = strip.scrollLeft;
      strip.scrollLeft += event.deltaY * (event.deltaMode === 1 ? 20 : 1);
      // At its ends the page scrolls.
      if (strip.scrollLeft !== before) event.preventDefault();
    };
    const observer = new ResizeObserver(show);
    observer.observe(row);
    observer.observe(strip);
    strip.addEventListener('wheel', turn, { passive: false });
    for (const type of BY_HAND) strip.addEventListener(type, leave, { passive: true });
    return () => {
      observer.disconnect();
      strip.removeEventListener('wheel', turn);
      for (const type of BY_HAND) strip.removeEventListener(type, leave);
    };
  }, [strip, row, show]);
  return [setStrip, setRow];
}
