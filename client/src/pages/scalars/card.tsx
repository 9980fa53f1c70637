/** A card: the curves of one scalar, or of several, of all drawn runs. Drawn only while it is on the screen. */
import { type KeyboardEvent, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Limits } from '../../charts/value-limits.js';
import { usePalette } from '../../drawing/palette.js';
import type { Part } from '../../series/pixel-columns.js';
import { useNextFrame } from '../../ui/animation-frame.js';
import { formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useTextWidth } from '../../ui/text-width.js';
import { useSize } from '../../ui/use-size.js';
import { useWheel } from '../../ui/use-wheel.js';
import { type CardDrawing, extentOfSources, fromAxis, lookOf, toAxis } from './card-drawing.js';
import { CardHead } from './card-head.js';
import { CardPlot } from './card-plot.js';
import type { CardName } from './cards.js';
import { curveSources } from './curve-sources.js';
import { DrawnRunsContext, useScalars } from './scalars-context.js';
import { Tip, type TipContent } from './tip.js';
import { useCardDrag } from './use-card-drag.js';

/** What a card is zoomed into, in data units; undefined for all of it. */
export interface CardZoom {
  readonly x: Part | undefined;
  readonly y: Limits | undefined;
}

const NO_ZOOM: CardZoom = { x: undefined, y: undefined };
/** One notch of a wheel (100 pixels) zooms by 1.5. */
const ZOOM_BASE = 1.5 ** (1 / 100);
const LINE_PIXELS = 33;

export function Card({ card, isPinned, isFull }: { card: CardName; isPinned: boolean; isFull: boolean }) {
  const state = useScalars();
  const runs = useContext(DrawnRunsContext);
  const view = useStoreValue(state.view);
  const preferences = useStoreValue(state.preferences);
  const listing = useStoreValue(state.listing.tags);
  const hover = useStoreValue(state.hover);
  const { tokens } = usePalette();
  const textWidth = useTextWidth(`400 11px ${tokens.font}`);
  const [boxRef, size] = useSize<HTMLDivElement>();
  const lineRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const [plot, setPlot] = useState<CardPlot | undefined>(undefined);
  const [zoom, setZoom] = useState(NO_ZOOM);
  const [version, setVersion] = useState(0);
  const [drawing, setDrawing] = useState<CardDrawing | undefined>(undefined);
  const [tip, setTip] = useState<TipContent | undefined>(undefined);
  const inNextFrame = useNextFrame();
  const { id, tags } = card;

  useEffect(() => {
    if (lineRef.current === null || overlayRef.current === null) return;
    const made = new CardPlot(lineRef.current, overlayRef.current);
    setPlot(made);
    return () => made.close();
  }, []);

  // Rows that come in one frame are drawn together.
  useEffect(
    () => state.listen(tags, () => inNextFrame(() => setVersion((before) => before + 1))),
    [state, tags, inNextFrame],
  );

  const range = view.link === 'range' ? view.range : zoom.x;
  const look = useMemo(
    () => ({
      x: view.x,
      logX: view.logX,
      logY: view.logY,
      weight: view.smoothing,
      ignoreOutliers: view.ignoreOutliers,
      band: view.band,
      utc: preferences.utc,
      earlier: view.earlier,
      range,
      values: zoom.y,
    }),
    [view, preferences.utc, range, zoom.y],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: tracks are found anew when something has come
  const sources = useMemo(
    () =>
      curveSources({
        runs,
        tags,
        group: view.group,
        tokens,
        trackOf: (run, tag) => (listing?.byRun.get(run)?.has(tag) ? state.tracks.track(run, tag) : undefined),
      }),
    [runs, tags, view.group, tokens, listing, state, version],
  );

  const width = Math.max(1, size.width - 56);
  useEffect(() => {
    if (size.width === 0) return;
    // Widths in steps, so that a window that is resized asks for little anew.
    const columns = Math.ceil(width / 200) * 200;
    state.showCard(id, { tags, look: lookOf({ ...look, width: columns, height: 0 }) });
  }, [state, id, tags, look, width, size.width]);
  useEffect(() => () => state.hideCard(id), [state, id]);

  useLayoutEffect(() => {
    if (plot === undefined || size.width === 0 || size.height === 0) return;
    setDrawing(plot.draw({ sources, look, ...size, tokens, textWidth }));
  }, [plot, sources, look, size, tokens, textWidth]);

  /** The whole axis, in its own numbers. */
  const whole = (): Part | undefined => {
    const extent = extentOfSources(sources, { ...look, range: undefined, width, height: 0 });
    return extent;
  };
  const setRange = (next: Part | undefined): void => {
    if (view.link === 'range') state.show({ range: next });
    else setZoom((before) => ({ ...before, x: next }));
  };
  const drag = useCardDrag({
    plot,
    onZoom: (next) => {
      if (next.x !== undefined) setRange(next.x);
      if (next.y !== undefined) setZoom((before) => ({ ...before, y: next.y }));
    },
    onPan: (next) => {
      setRange(next.x);
      if (zoom.y !== undefined) setZoom((before) => ({ ...before, y: next.y }));
    },
    onSelect: (x) => {
      state.listed.set(id);
      state.show({ at: nearestPlace(plot, x) });
    },
  });

  const isHere = hover?.card === id;
  const pointer = hover !== undefined && (isHere || view.link !== 'none') ? hover.x : undefined;
  const isSelected = view.link !== 'none' || state.listed.get() === id;
  useLayoutEffect(() => {
    if (drawing === undefined) return;
    inNextFrameOf(plot, pointer, isSelected ? view.at : undefined, drag.box);
  }, [drawing, plot, pointer, isSelected, view.at, drag.box]);

  const zoomAt = (place: number, factor: number): void => {
    const axis = plot?.drawing?.x;
    const all = whole();
    if (axis === undefined || all === undefined) return;
    const at = toAxis(place, look.logX);
    const next = {
      first: fromAxis(at - (at - axis.first) * factor, look.logX),
      last: fromAxis(at + (axis.last - at) * factor, look.logX),
    };
    setRange(next.first <= all.first && next.last >= all.last ? undefined : next);
  };
  const reset = (): void => {
    setZoom(NO_ZOOM);
    if (view.link === 'range') state.show({ range: undefined });
  };
  useWheel(boxRef, (event) => {
    const isMeant = event.altKey || isFull || boxRef.current?.contains(document.activeElement) === true;
    if (!isMeant || event.ctrlKey || event.metaKey || plot === undefined) return;
    const box = overlayRef.current?.getBoundingClientRect();
    if (box === undefined) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
    zoomAt(plot.xAt(event.clientX - box.left), ZOOM_BASE ** ((event.deltaY || event.deltaX) * unit));
    event.preventDefault();
  });

  const stepBy = (by: number): void => {
    const axis = plot?.drawing?.x;
    const curves = plot?.drawing?.curves ?? [];
    if (axis === undefined || curves.length === 0) return;
    const places = [
      ...new Set(
        sources.flatMap(({ tracks }) =>
          tracks.flatMap((track) =>
            track.points('raw', lookOf({ ...look, width, height: 0 })).map(({ x }) => x),
          ),
        ),
      ),
    ].sort((a, b) => a - b);
    const from = view.at ?? (by > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const at = by > 0 ? places.findIndex((x) => x > from) : places.findLastIndex((x) => x < from);
    const next =
      places[
        at < 0
          ? by > 0
            ? places.length - 1
            : 0
          : Math.max(0, Math.min(places.length - 1, at + by - Math.sign(by)))
      ];
    state.listed.set(id);
    if (next !== undefined) state.show({ at: next });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const isCopy = (event.ctrlKey || event.metaKey) && event.key === 'c';
    if ((event.ctrlKey || event.metaKey) && !isCopy) return;
    const axis = plot?.drawing?.x;
    const middle = view.at ?? (axis === undefined ? 0 : fromAxis((axis.first + axis.last) / 2, look.logX));
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      stepBy((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
    else if (event.key === '+' || event.key === '-') zoomAt(middle, event.key === '+' ? 0.5 : 2);
    else if (event.key === '0') reset();
    else if (event.key === 'Enter') state.show({ full: isFull ? undefined : id }, 'push');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <article className={isFull ? 'card full' : 'card'} aria-label={tags.join(', ')} data-card={id}>
      <CardHead card={card} isPinned={isPinned} isFull={isFull} isZoomed={zoom !== NO_ZOOM} onReset={reset} />
      <div
        ref={boxRef}
        className="card-plot"
        role="img"
        tabIndex={0}
        aria-label={describe(card, drawing)}
        data-curves={drawing?.curves.length ?? 0}
        data-points={drawing?.curves.reduce((sum, { count }) => sum + count, 0) ?? 0}
        data-x={drawing === undefined ? '' : `${drawing.x.first},${drawing.x.last}`}
        data-y={drawing === undefined ? '' : `${drawing.y.lo},${drawing.y.hi}`}
        onKeyDown={onKeyDown}
        onPointerDown={drag.onPointerDown}
        onPointerMove={(event) => {
          drag.onPointerMove(event);
          if (plot === undefined || drag.isDragging()) {
            setTip(undefined);
            return;
          }
          const box = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - box.left, event.clientY - box.top];
          const { left, right } = plot.chart.area;
          if (x < left - 4 || x > right + 4) {
            state.hover.set(undefined);
            setTip(undefined);
            return;
          }
          const place = nearestPlace(plot, plot.xAt(x));
          state.hover.set({ card: id, x: place });
          const rows = plot.rowsAt(place, y);
          const plotLook = plot.drawing?.look;
          if (plotLook !== undefined)
            setTip({
              x: place,
              look: plotLook,
              rows,
              order: preferences.tipOrder,
              left: event.clientX,
              top: event.clientY,
            });
        }}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={drag.onPointerCancel}
        onPointerLeave={() => {
          state.hover.set(undefined);
          setTip(undefined);
        }}
        onDoubleClick={reset}
      >
        <canvas ref={lineRef} aria-hidden="true" />
        <canvas ref={overlayRef} className="overlay" aria-hidden="true" />
        {drawing?.isEmpty !== false && (
          <p className="card-note faint">{sources.length === 0 ? 'Loading' : 'No points'}</p>
        )}
        {drawing !== undefined && drawing.offAxis > 0 && (
          <p className="card-note at-end micro">
            {formatStep(drawing.offAxis)} at or below 0: not on a log axis
          </p>
        )}
      </div>
      {isHere && <Tip content={tip} />}
    </article>
  );
}

function inNextFrameOf(
  plot: CardPlot | undefined,
  pointer: number | undefined,
  selected: number | undefined,
  box: Parameters<CardPlot['drawOverlay']>[0]['box'],
): void {
  plot?.drawOverlay({ pointer, selected, box });
}

/** The place of the point that is nearest to a place, of all curves. */
function nearestPlace(plot: CardPlot | undefined, x: number): number {
  let best: number | undefined;
  for (const { nearest } of plot?.drawing?.curves ?? []) {
    const found = nearest(x)?.x;
    if (found !== undefined && (best === undefined || Math.abs(found - x) < Math.abs(best - x))) best = found;
  }
  return best ?? x;
}

function describe({ tags }: CardName, drawing: CardDrawing | undefined): string {
  const curves = drawing?.curves.length ?? 0;
  return `${tags.join(', ')}: ${curves} ${curves === 1 ? 'curve' : 'curves'}. Arrow keys select a point.`;
}
