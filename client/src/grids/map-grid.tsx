/** A grid of maps: one canvas for the maps and one for labels and marks, and no DOM nodes per channel. */
import { type KeyboardEvent, type PointerEvent, useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { Limits, LutName } from '../drawing/lut.js';
import type { MapStack } from '../drawing/map-stack.js';
import type { Mark } from '../drawing/mark.js';
import { paintTiles } from '../drawing/painter.js';
import { usePalette } from '../drawing/palette.js';
import { reducedStack, shownPlace } from '../drawing/reduced-stack.js';
import { layoutOfRows, reductionFor, rowsToPaint, tileAt, tileLayout } from '../drawing/tile-layout.js';
import { noteDrawn } from '../ui/diagnostics.js';
import type { Store } from '../ui/store.js';
import { useSize } from '../ui/use-size.js';
import { useWheel } from '../ui/use-wheel.js';
import { type Badge, drawGridOverlay } from './grid-overlay.js';
import { type Cursor, type Scroll, textOfView, useLinkedScroll, useMapScroll } from './use-map-scroll.js';
import './map-grid.css';

export interface MapPlace {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

export interface MapGridProps {
  /** Names the grid's canvas, for tests. */
  readonly name: string;
  /** The accessible name of the grid. */
  readonly label: string;
  /** Text of the active cell, as "conv1 out 4, y 10, x 13: 2.371". */
  readonly cellText: string;
  readonly stack: MapStack | undefined;
  /** [height, width] of a map, known before any map is loaded. */
  readonly mapSize: readonly [number, number];
  readonly order: readonly number[];
  readonly lut: LutName;
  readonly limits: (channel: number) => Limits;
  readonly highlight?: Limits | undefined;
  readonly dim?: ((channel: number) => boolean) | undefined;
  readonly zoom?: number | undefined;
  /** Whether large maps are reduced until all of them fit, while no zoom is chosen. */
  readonly reduces?: boolean;
  readonly labels: 'above' | 'left';
  readonly nameOf: (channel: number) => string;
  readonly badgeOf?: (channel: number) => Badge | undefined;
  readonly selected: number | undefined;
  /** The pinned pixel, which is scrolled into view when it moves. */
  readonly cursor: Cursor;
  /** Outlined in every tile. */
  readonly mark: Mark | undefined;
  readonly strongMark?: boolean;
  /** One pixel of one map, marked in addition. */
  readonly spot?: MapPlace | undefined;
  /** Where other grids with the same layout are scrolled to: they scroll together. */
  readonly linked?: Store<Scroll> | undefined;
  /** A line is drawn at the left of this column of every map. */
  readonly divider?: number | undefined;
  /** What is on the canvas, for tests and diagnostics. */
  readonly facts: {
    readonly tag: string;
    readonly layer: string;
    readonly step: number | undefined;
    readonly lock: string;
  };
  readonly onHover: (place: MapPlace | undefined, at: { readonly x: number; readonly y: number }) => void;
  readonly onPick: (place: MapPlace) => void;
  readonly onMove: (dy: number, dx: number) => void;
  readonly onZoom?: (zoom: number) => void;
}

const REDUCTION_RULE =
  'A pixel shows the value of the largest magnitude among those that it stands for, a NaN or infinity first';

function reductionText(factor: number): string {
  return `reduced: 1 pixel for ${factor}×${factor}`;
}

function reducedPixel({ y, x }: { readonly y: number; readonly x: number }, factor: number) {
  return { y: Math.floor(y / factor), x: Math.floor(x / factor) };
}

function reducedMark({ y0, x0, y1, x1 }: Mark, factor: number): Mark {
  const at = (place: number) => Math.floor(place / factor);
  return { y0: at(y0), x0: at(x0), y1: at(y1), x1: at(x1) };
}

const NO_NAME = () => '';

/** The margin of .map-scroll in map-grid.css. */
const MARGIN = 3;

export function MapGrid(props: MapGridProps) {
  const { mapSize, order, lut, limits, highlight, dim, zoom, labels, selected, facts } = props;
  const { tokens, luts, nonFinite, well } = usePalette();
  const [gridRef, grid] = useSize<HTMLDivElement>();
  const [boxRef, box] = useSize<HTMLDivElement>();
  // The scroller extends beyond the grid on both sides, for the ring of a selected tile.
  const size = useMemo(() => ({ width: Math.max(0, box.width - 2 * MARGIN), height: box.height }), [box]);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const sheetRef = useRef<HTMLDivElement>(null);
  /** Kept because creating an ImageData of this size is slow. */
  const imageRef = useRef<ImageData>(undefined);
  const cellId = useId();
  const [wholeHeight, wholeWidth] = mapSize;

  // From here on maps are reduced ones, and so are all pixels but those of `props`.
  const { factor, layout } = useMemo(() => {
    const request = {
      count: order.length,
      availableWidth: size.width,
      // Without the line that tells how many maps are in view: it is there only where the maps do not fit.
      availableHeight: grid.height,
      zoom,
      label: labels,
    };
    const whole = { ...request, mapHeight: wholeHeight, mapWidth: wholeWidth };
    const reduction = props.reduces === true ? reductionFor(whole) : 1;
    const [mapHeight, mapWidth] = [Math.ceil(wholeHeight / reduction), Math.ceil(wholeWidth / reduction)];
    return { factor: reduction, layout: tileLayout({ ...request, mapHeight, mapWidth }) };
  }, [order.length, wholeHeight, wholeWidth, size.width, grid.height, zoom, labels, props.reduces]);
  const stack = useMemo(() => props.stack && reducedStack(props.stack, factor), [props.stack, factor]);
  const mark = useMemo(() => props.mark && reducedMark(props.mark, factor), [props.mark, factor]);
  const spot = useMemo(
    () => props.spot && { ...props.spot, ...reducedPixel(props.spot, factor) },
    [props.spot, factor],
  );
  const { scroll, onScroll, keepInPlace } = useMapScroll({
    boxRef,
    layout,
    order,
    view: size,
    cursor: { channel: props.cursor.channel, ...reducedPixel(props.cursor, factor) },
  });
  const onLinkedScroll = useLinkedScroll(boxRef, props.linked, onScroll);
  const { first, last } = rowsToPaint(layout, scroll.top, size.height);
  const painted = useMemo(() => layoutOfRows(layout, { first, last }), [layout, first, last]);
  const inView = textOfView(layout, size, scroll);
  const note = [factor === 1 ? undefined : reductionText(factor), inView].filter(
    (text) => text !== undefined,
  );

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context || size.width === 0 || order.length === 0) return;
    const width = painted.width / painted.unit;
    const height = painted.height / painted.unit;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    let image = imageRef.current;
    if (image?.width !== width || image.height !== height) {
      image = context.createImageData(width, height);
      imageRef.current = image;
    }
    const target = { width, height, pixels: new Uint32Array(image.data.buffer) };
    const channels = order.slice(first * painted.columns, first * painted.columns + painted.count);
    paintTiles(target, painted, channels, stack, { lut: luts[lut], limits, nonFinite, well, highlight, dim });
    context.putImageData(image, 0, 0);
    if (stack !== undefined && facts.step !== undefined) noteDrawn(facts.tag, facts.step);
  }, [size.width, painted, first, order, stack, luts, lut, limits, nonFinite, well, highlight, dim, facts]);

  // Without marks, the overlay is the same for every capture.
  const marked = stack?.marks === undefined ? undefined : stack;
  // Without labels it is the same whatever the maps are called.
  const hasLabels = layout.label !== 'none';
  const [nameOf, badgeOf] = hasLabels ? [props.nameOf, props.badgeOf] : [NO_NAME, undefined];
  useLayoutEffect(() => {
    const overlay = overlayRef.current;
    if (!overlay || size.width === 0) return;
    drawGridOverlay(overlay, {
      layout,
      stack: marked,
      order,
      scroll,
      viewHeight: size.height,
      viewWidth: size.width,
      labels: layout.label,
      nameOf,
      badgeOf,
      selected,
      mark,
      strongMark: props.strongMark === true,
      spot,
      divider: props.divider === undefined ? undefined : props.divider / factor,
      dim,
      tokens,
    });
  }, [
    layout,
    marked,
    order,
    scroll,
    size,
    nameOf,
    badgeOf,
    selected,
    mark,
    props.strongMark,
    spot,
    props.divider,
    factor,
    dim,
    tokens,
  ]);

  const placeAt = (event: PointerEvent): MapPlace | undefined => {
    const corner = sheetRef.current?.getBoundingClientRect();
    if (corner === undefined) return undefined;
    const found = tileAt(layout, event.clientX - corner.left, event.clientY - corner.top);
    const channel = found === undefined ? undefined : order[found.index];
    if (found === undefined || channel === undefined) return undefined;
    if (factor === 1 || props.stack === undefined)
      return { channel, y: found.y * factor, x: found.x * factor };
    return { channel, ...shownPlace(props.stack, factor, channel, found.y, found.x) };
  };
  /** CSS pixels per pixel of the whole map. */
  const shownZoom = layout.zoom / factor;
  useWheel(boxRef, (event) => {
    const corner = boxRef.current?.getBoundingClientRect();
    if (!event.ctrlKey || props.onZoom === undefined || corner === undefined) return;
    event.preventDefault();
    keepInPlace(event.clientX - corner.left - MARGIN, event.clientY - corner.top);
    const next = event.deltaY < 0 ? Math.floor(shownZoom) + 1 : Math.ceil(shownZoom) - 1;
    if (next >= 1) props.onZoom(next);
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 4 : 1;
    props.onMove(move[0]! * far, move[1]! * far);
  };
  const shownLimits = selected === undefined ? limits(order[0] ?? 0) : limits(selected);

  return (
    <div className={note.length === 0 ? 'map-grid' : 'map-grid is-partial'} ref={gridRef}>
      <div
        ref={boxRef}
        className="map-scroll"
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-activedescendant={cellId}
        onScroll={onLinkedScroll}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => props.onHover(placeAt(event), { x: event.clientX, y: event.clientY })}
        onPointerLeave={() => props.onHover(undefined, { x: 0, y: 0 })}
        onClick={(event) => {
          const place = placeAt(event as unknown as PointerEvent);
          if (place !== undefined) props.onPick(place);
        }}
      >
        <div ref={sheetRef} className="map-sheet" style={{ width: layout.width, height: layout.height }}>
          <div role="row" className="sr">
            <span role="gridcell" id={cellId} tabIndex={-1}>
              {props.cellText}
            </span>
          </div>
          <canvas
            ref={canvasRef}
            className="map-canvas"
            aria-hidden="true"
            style={{ top: first * layout.pitchY, width: painted.width, height: painted.height }}
            data-grid={props.name}
            data-tag={facts.tag}
            data-layer={facts.layer}
            data-role={props.name}
            data-step={facts.step ?? ''}
            data-lock={facts.lock}
            data-lut={lut}
            data-lo={shownLimits.lo}
            data-hi={shownLimits.hi}
            data-unit={layout.unit}
            data-zoom={shownZoom}
            data-reduced={factor}
            data-columns={layout.columns}
            data-pitch={`${layout.pitchX},${layout.pitchY}`}
            data-inset={`${layout.insetX},${layout.insetY}`}
            data-first-row={first}
            data-spot={
              props.spot === undefined ? '' : `${props.spot.channel},${props.spot.y},${props.spot.x}`
            }
            data-order={order.length <= 1024 ? order.join(',') : ''}
          />
        </div>
      </div>
      <canvas ref={overlayRef} className="map-overlay" aria-hidden="true" />
      {note.length > 0 && (
        <p className="micro maps-in-view" title={factor === 1 ? undefined : REDUCTION_RULE}>
          {note.join('; ')}
        </p>
      )}
    </div>
  );
}
