import { useState } from 'react';
import type { CardZoom } from './use-card-curves.js';
import type { ScalarsView } from './view.js';

export const NO_ZOOM: CardZoom = { x: undefined, y: undefined };

/** What one card is zoomed into. It is dropped with the axis of x that it was chosen on: places of another one mean something else. */
export function useCardZoom(
  x: ScalarsView['x'],
): readonly [CardZoom, (change: (before: CardZoom) => CardZoom) => void] {
  const [zoom, setZoom] = useState(NO_ZOOM);
  const [axis, setAxis] = useState(x);
  const isOld = axis !== x;
  // While rendering, so that no frame shows the old range on the new axis.
  if (isOld) {
    setAxis(x);
    setZoom(NO_ZOOM);
  }
  return [isOld ? NO_ZOOM : zoom, setZoom];
}
