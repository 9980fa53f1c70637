/** Zooms a card and walks along its points: by keys, by the wheel. */
import type { KeyboardEvent, RefObject } from 'react';
import type { Part } from '../../series/pixel-columns.js';
import { useWheel } from '../../ui/use-wheel.js';
import { movePinned } from './arrange.js';
import { type CurveSource, extentOfSources, fromAxis, lookOf, toAxis } from './card-drawing.js';
import type { CardPlot } from './card-plot.js';
import { pinCard } from './pin-focus.js';
import { useScalars } from './scalars-context.js';

/** One notch of a wheel (100 pixels) zooms by 1.5. */
const ZOOM_BASE = 1.5 ** (1 / 100);
const LINE_PIXELS = 33;

export interface PlotKeys {
  readonly id: string;
  readonly plot: CardPlot | undefined;
  readonly sources: readonly CurveSource[];
  readonly isPinned: boolean;
  readonly isFull: boolean;
  /** Whether the card may hold the tags of another one too. */
  readonly canJoin: boolean;
  readonly setRange: (range: Part | undefined) => void;
  readonly reset: () => void;
}

export function usePlotKeys(
  boxRef: RefObject<HTMLDivElement | null>,
  { id, plot, sources, isPinned, isFull, canJoin, setRange, reset }: PlotKeys,
): (event: KeyboardEvent) => void {
  const state = useScalars();
  const zoomAt = (place: number, factor: number): void => {
    const drawing = plot?.drawing;
    if (drawing === undefined) return;
    const { look, x } = drawing;
    const all = extentOfSources(sources, { ...look, range: undefined });
    const at = toAxis(place, look.logX);
    const next = {
      first: fromAxis(at - (at - x.first) * factor, look.logX),
      last: fromAxis(at + (x.last - at) * factor, look.logX),
    };
    const isAll = all === undefined || (next.first <= all.first && next.last >= all.last);
    if (next.last > next.first) setRange(isAll ? undefined : next);
  };
  useWheel(boxRef, (event) => {
    // A wheel that scrolls the page must not be caught by the cards that come below the pointer.
    const isMeant = event.altKey || isFull || boxRef.current?.contains(document.activeElement) === true;
    const box = boxRef.current?.getBoundingClientRect();
    if (!isMeant || event.ctrlKey || event.metaKey || plot === undefined || box === undefined) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
    zoomAt(plot.xAt(event.clientX - box.left), ZOOM_BASE ** ((event.deltaY || event.deltaX) * unit));
    event.preventDefault();
  });
  const stepBy = (by: number): void => {
    const look = plot?.drawing?.look;
    if (look === undefined) return;
    const points = sources.flatMap(({ tracks }) =>
      tracks.flatMap((track) => track.points('raw', lookOf(look)).map(({ x }) => x)),
    );
    const places = [...new Set(points)].sort((a, b) => a - b);
    const { at } = state.view.get();
    const from = at ?? (by > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const first = by > 0 ? places.findIndex((x) => x > from) : places.findLastIndex((x) => x < from);
    const next = first < 0 ? undefined : places[clamped(first + by - Math.sign(by), places.length)];
    state.listed.set(id);
    if (next !== undefined) state.show({ at: next });
  };
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const drawing = plot?.drawing;
    const middle =
      state.view.get().at ??
      (drawing === undefined ? 0 : fromAxis((drawing.x.first + drawing.x.last) / 2, drawing.look.logX));
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        stepBy((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
        break;
      case 'ArrowUp':
      case 'ArrowDown':
        if (!event.shiftKey || !isPinned) return;
        state.prefer(movePinned(state.arrangement, id, event.key === 'ArrowUp' ? -1 : 1));
        break;
      case '+':
      case '-':
        zoomAt(middle, event.key === '+' ? 0.5 : 2);
        break;
      case '0':
        reset();
        break;
      case 'Enter':
        state.show({ full: isFull ? undefined : id }, 'push');
        break;
      case 'j':
        if (!canJoin) return;
        state.joining.set(id);
        break;
      case 'p':
        pinCard(state, id, !isPinned);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}

function clamped(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}
