/** A card: the curves of one scalar, or of several, of all drawn runs. It exists only while it is on the screen. */
import { type PointerEvent, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { usePalette } from '../../drawing/palette.js';
import type { Part } from '../../series/pixel-columns.js';
import { formatStep, plural } from '../../ui/format.js';
import { reveal } from '../../ui/reveal.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useTextWidth } from '../../ui/text-width.js';
import { useSize } from '../../ui/use-size.js';
import type { CardDrawing } from './card-drawing.js';
import { CardHead } from './card-head.js';
import { CardMenu } from './card-menu.js';
import type { CardPlot } from './card-plot.js';
import { type CardName, titleOf } from './cards.js';
import { usePinFocus } from './pin-focus.js';
import { DrawnRunsContext, useScalars } from './scalars-context.js';
import { placeText, Tip, type TipContent } from './tip.js';
import { useCardCurves } from './use-card-curves.js';
import { useCardDrag } from './use-card-drag.js';
import { NO_ZOOM, useCardZoom } from './use-card-zoom.js';
import { usePlot } from './use-plot.js';
import { usePlotKeys } from './use-plot-keys.js';

/** A curve that is farther from the pointer than this, in pixels, is not the one that is meant. */
const NEAR = 40;
/** How long a click waits for another one, where two of them mean something else. */
const DOUBLE_CLICK_MS = 300;

export interface CardProps {
  readonly card: CardName;
  readonly isPinned: boolean;
  readonly isFull: boolean;
}

export function Card({ card, isPinned, isFull }: CardProps) {
  const state = useScalars();
  const runs = useContext(DrawnRunsContext);
  const { x: axis, link, range, at } = useStoreValue(state.view);
  const { tipOrder } = useStoreValue(state.preferences);
  const { tokens } = usePalette();
  const textWidth = useTextWidth(`400 11px ${tokens.font}`);
  const [boxRef, size] = useSize<HTMLDivElement>();
  const lineRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const plotRef = useRef<CardPlot>(undefined);
  const [zoom, setZoom] = useCardZoom(axis);
  const [isHeld, setHeld] = useState(false);
  const [tip, setTip] = useState<TipContent | undefined>(undefined);
  const { id, tags, chart } = card;
  const title = titleOf(card);
  const articleRef = useRef<HTMLElement>(null);
  usePinFocus(state.pinFocus, id, articleRef);
  // The table of values takes the lower part of the page.
  const isListed = useStore(state.listed, (listed) => listed === id) && at !== undefined;
  useLayoutEffect(() => {
    if (isListed) reveal(articleRef.current);
  }, [isListed]);

  const setRange = (next: Part | undefined): void => {
    if (link === 'range') state.show({ range: next });
    else setZoom((before) => ({ ...before, x: next }));
  };
  const isZoomed = zoom !== NO_ZOOM || (link === 'range' && range !== undefined);
  const selecting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(selecting.current), []);
  const select = (x: number): void => {
    state.listed.set(id);
    state.show({ at: plotRef.current?.nearestPlace(x) ?? x });
  };
  const reset = (): void => {
    clearTimeout(selecting.current);
    setZoom(() => NO_ZOOM);
    if (link === 'range') state.show({ range: undefined });
  };
  const drag = useCardDrag({
    plot: plotRef,
    onZoom: ({ x, y }) => {
      if (x !== undefined) setRange(x);
      if (y !== undefined) setZoom((before) => ({ ...before, y }));
    },
    onPan: ({ x, y }) => {
      setRange(x);
      if (zoom.y !== undefined) setZoom((before) => ({ ...before, y }));
    },
    onSelect: (x) => {
      clearTimeout(selecting.current);
      // The table of values may come between the clicks of a double click.
      if (isZoomed) selecting.current = setTimeout(() => select(x), DOUBLE_CLICK_MS);
      else select(x);
    },
  });
  const { sources, look } = useCardCurves(card, zoom, size.width);
  const { plot, drawing } = usePlot(lineRef, overlayRef, {
    ...{ id, sources, look, size, isHeld },
    box: drag.box,
  });
  plotRef.current = plot;
  const onKeyDown = usePlotKeys(boxRef, {
    ...{ id, plot, sources, isPinned, isFull, setRange, reset },
    canJoin: chart === undefined,
  });

  const leave = (): void => {
    setHeld(false);
    setTip(undefined);
    state.hover.set(undefined);
    state.pointed.set(undefined);
  };
  const onPointerMove = (event: PointerEvent): void => {
    drag.onPointerMove(event);
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const area = plot?.chart.area;
    const plotLook = plot?.drawing?.look;
    if (plot === undefined || area === undefined || plotLook === undefined) return;
    if (drag.isDragging() || x < area.left - 4 || x > area.right + 4) {
      leave();
      return;
    }
    setHeld(true);
    const place = plot.nearestPlace(plot.xAt(x));
    state.hover.set({ card: id, x: place });
    if (event.pointerType === 'touch') return;
    const rows = plot.rowsAt(place, y);
    setTip({ x: place, look: plotLook, rows, order: tipOrder, left: event.clientX, top: event.clientY });
    const [nearest] = [...rows].sort((a, b) => a.distance - b.distance);
    state.pointed.set(
      nearest === undefined || nearest.distance > NEAR
        ? undefined
        : {
            label: `${title} of ${nearest.source.label}`,
            value: nearest.source.isGroup ? nearest.reading.smoothed : nearest.reading.raw,
            place: placeText(nearest.reading.x, plotLook),
          },
    );
  };
  const files = {
    picture: () =>
      drawing === undefined || plot === undefined || lineRef.current === null
        ? undefined
        : {
            picture: { title, drawing, chart: plot.chart, tokens, ...size, textWidth },
            lines: lineRef.current,
          },
    numbers: () => ({ runs: runs.map(({ run }) => run), x: look.x, part: look.range }),
  };
  return (
    <article ref={articleRef} className={isFull ? 'card full' : 'card'} aria-label={title} data-card={id}>
      <CardHead card={card} isPinned={isPinned} isFull={isFull} isZoomed={isZoomed} onReset={reset}>
        <CardMenu card={card} files={files} />
      </CardHead>
      <div
        ref={boxRef}
        className="card-plot"
        role="img"
        tabIndex={0}
        aria-label={describe(card, drawing)}
        {...dataOf(drawing)}
        onKeyDown={onKeyDown}
        onPointerDown={drag.onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={drag.onPointerCancel}
        onPointerLeave={leave}
        onDoubleClick={reset}
      >
        <canvas ref={lineRef} aria-hidden="true" />
        <canvas ref={overlayRef} className="overlay" aria-hidden="true" />
        {drawing?.isEmpty !== false && (
          <p className="card-note faint">
            {chart !== undefined && tags.length === 0
              ? chart.note
              : (drawing?.curves.length ?? 0) === 0
                ? 'Loading'
                : 'No points'}
          </p>
        )}
        <CardNote drawing={drawing} note={chart?.note} />
      </div>
      <Tip content={tip} />
    </article>
  );
}

/** What the plot does not show. */
function CardNote({ drawing, note }: { drawing: CardDrawing | undefined; note: string | undefined }) {
  if (drawing === undefined) return null;
  const { offAxis, branchesLeftOut, hasNumbers, nonFinite, look } = drawing;
  // Between the points of a part that was zoomed into there may be no value at all.
  const isNotFinite = !hasNumbers && offAxis === 0 && nonFinite.length > 0 && look.range === undefined;
  if (!isNotFinite && offAxis === 0 && branchesLeftOut === 0 && note === undefined) return null;
  return (
    <p className="card-note at-end micro">
      {isNotFinite && 'No value is finite. '}
      {offAxis > 0 && `${formatStep(offAxis)} at or below 0: not on a log axis. `}
      {branchesLeftOut > 0 && `${plural(branchesLeftOut, 'older branch', 'older branches')} not drawn. `}
      {note}
    </p>
  );
}

function describe(card: CardName, drawing: CardDrawing | undefined): string {
  const curves = drawing?.curves.length ?? 0;
  return `${titleOf(card)}: ${curves} ${curves === 1 ? 'curve' : 'curves'}. Arrow keys select a point.`;
}

/** What tests and scripts read of a drawing. */
function dataOf(drawing: CardDrawing | undefined) {
  return {
    'data-curves': drawing?.curves.length ?? 0,
    'data-points': drawing?.curves.reduce((sum, { count }) => sum + count, 0) ?? 0,
    'data-lines': drawing?.lines.length ?? 0,
    'data-bands': drawing?.bands.length ?? 0,
    'data-marks': drawing?.nonFinite.length ?? 0,
    'data-x': drawing === undefined ? '' : `${drawing.x.first},${drawing.x.last}`,
    'data-y': drawing === undefined ? '' : `${drawing.y.lo},${drawing.y.hi}`,
  };
}
