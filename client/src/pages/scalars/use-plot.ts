/** Keeps the canvases of a card as its curves, its size and the pointer say. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Size } from '../../charts/line-chart.js';
import { usePalette } from '../../drawing/palette.js';
import { oncePerFrame } from '../../ui/animation-frame.js';
import { inTurn } from '../../ui/in-turn.js';
import { useStoreValue } from '../../ui/store.js';
import { useTextWidth } from '../../ui/text-width.js';
import { useWaiting } from '../../ui/use-waiting.js';
import type { CardDrawing, CurveSource } from './card-drawing.js';
import type { DragBox } from './card-overlay.js';
import { CardPlot } from './card-plot.js';
import { useScalars } from './scalars-context.js';
import type { SizelessLook } from './use-card-curves.js';

export interface PlotOptions {
  readonly id: string;
  readonly sources: readonly CurveSource[];
  readonly look: SizelessLook;
  readonly size: Size;
  /** Whether the pointer is over the card: its axes then stay as they are, whatever comes. */
  readonly isHeld: boolean;
  readonly box: DragBox | undefined;
}

export function usePlot(
  lineRef: RefObject<HTMLCanvasElement | null>,
  overlayRef: RefObject<HTMLCanvasElement | null>,
  { id, sources, look, size, isHeld, box }: PlotOptions,
): { readonly plot: CardPlot | undefined; readonly drawing: CardDrawing | undefined } {
  const state = useScalars();
  const { at, link } = useStoreValue(state.view);
  const listed = useStoreValue(state.listed);
  const { tokens } = usePalette();
  const textWidth = useTextWidth(`400 11px ${tokens.font}`);
  const [plot, setPlot] = useState<CardPlot | undefined>(undefined);
  const [drawing, setDrawing] = useState<CardDrawing | undefined>(undefined);
  /** What was drawn when the pointer came, as long as nobody has changed it since. */
  const held = useRef<{ readonly look: SizelessLook; readonly axes: SizelessLook['axes'] }>(undefined);

  // Made when its first curves have come, since that takes longer than to ask for those of all cards, and one by one, so that
  // the first chart waits neither for the others nor for cards without curves.
  const hasCurves = sources.length > 0;
  const made = useRef<CardPlot>(undefined);
  useEffect(() => {
    if (!hasCurves || made.current !== undefined) return;
    return inTurn(() => {
      if (lineRef.current === null || overlayRef.current === null) return;
      made.current = new CardPlot(lineRef.current, overlayRef.current);
      setPlot(made.current);
    }, true);
  }, [hasCurves, lineRef, overlayRef]);
  useEffect(
    () => () => {
      made.current?.close();
      made.current = undefined;
    },
    [],
  );
  useWaiting(hasCurves && plot === undefined);

  useLayoutEffect(() => {
    if (plot === undefined || size.width === 0 || size.height === 0) return;
    const before = plot.drawing;
    if (!isHeld || before?.isEmpty !== false) held.current = undefined;
    else if (held.current?.look !== look)
      held.current = plot.look === look ? { look, axes: { x: before.x, y: before.y } } : undefined;
    const axes = held.current?.axes;
    setDrawing(plot.draw({ sources, look, axes, ...size, tokens, textWidth }));
  }, [plot, sources, look, size, tokens, textWidth, isHeld]);

  const selected = link !== 'none' || listed === id ? at : undefined;
  const pointerOf = useMemo(
    () => () => {
      const hover = state.hover.get();
      return hover !== undefined && (hover.card === id || link !== 'none') ? hover.x : undefined;
    },
    [state, id, link],
  );
  useLayoutEffect(() => {
    if (drawing !== undefined) plot?.drawOverlay({ pointer: pointerOf(), selected, box });
  }, [drawing, plot, pointerOf, selected, box]);
  // The pointer moves in all cards at once, without a render of any.
  useEffect(() => {
    let before = pointerOf();
    const draw = oncePerFrame(() => {
      const pointer = pointerOf();
      if (pointer !== before) plot?.drawOverlay({ pointer, selected, box });
      before = pointer;
    });
    return state.hover.subscribe(draw);
  }, [state, plot, pointerOf, selected, box]);
  return { plot, drawing };
}
