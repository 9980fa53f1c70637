import { type Kind, whole } from '../ui/view-kinds.js';

/**
 * The layout of a grid's tiles, in CSS pixels. The canvas is drawn with one canvas pixel per `unit` CSS pixels and scaled
 * by CSS, so every gap and label row is a whole number of units.
 */
export interface TileLayout {
  readonly count: number;
  readonly mapHeight: number;
  readonly mapWidth: number;
  /** CSS pixels per map pixel. */
  readonly zoom: number;
  /** CSS pixels per canvas pixel, a divisor of `zoom`. */
  readonly unit: number;
  readonly columns: number;
  readonly rows: number;
  /** Distance from one tile to the next. */
  readonly pitchX: number;
  readonly pitchY: number;
  /** Distance from the corner of the cell to that of the tile. */
  readonly insetX: number;
  readonly insetY: number;
  readonly width: number;
  readonly height: number;
}

export interface LayoutRequest {
  readonly count: number;
  readonly mapHeight: number;
  readonly mapWidth: number;
  readonly availableWidth: number;
  readonly availableHeight: number;
  /** The zoom that the user chose. By default the largest at which all tiles fit. */
  readonly zoom?: number | undefined;
  /** Where to leave room for the tile's number. */
  readonly label: 'above' | 'left' | 'none';
  readonly gap?: number;
}

/** A tile with its number is at least this large; smaller tiles have none. */
const SMALLEST_TILE = 24;
/** Smaller tiles show nothing, so the grid scrolls instead. */
const SMALLEST_WITHOUT_NUMBER = 6;
export const LARGEST_ZOOM = 24;

/** A zoom in the address. */
export const ZOOM: Kind<number> = whole(1, LARGEST_ZOOM);

/** The nearest zoom that there is: a whole number of screen pixels for a map pixel. */
export function clampZoom(zoom: number): number {
  return Math.max(1, Math.min(LARGEST_ZOOM, Math.round(zoom)));
}
/** Room for the number and, above it, for the selection ring of the previous row. */
const LABEL_HEIGHT = 16;
/** Of a number with as many digits, and of the least number of digits that there is room for. */
const labelWidth = (digits: number): number => 3 + 7 * Math.max(3, digits);

/** A tile of more CSS pixels is painted with one canvas pixel per map pixel. */
const LARGEST_TILE = 2048;
/** A larger canvas is painted in parts. */
const LARGEST_CANVAS = { pixels: 300_000, side: 16_000 };

/** The largest divisor of zoom that is at most 4, so that gaps stay close to 4 pixels; for a huge tile zoom itself. */
function unitOf(zoom: number, { mapHeight, mapWidth }: LayoutRequest): number {
  if (Math.max(mapHeight, mapWidth) * zoom > LARGEST_TILE) return zoom;
  for (let unit = Math.min(4, zoom); unit > 1; unit--) if (zoom % unit === 0) return unit;
  return 1;
}

const upTo = (length: number, unit: number): number => Math.ceil(length / unit) * unit;

/** The layout of a grid that may be larger than its view. */
export interface GridLayout extends TileLayout {
  readonly label: LayoutRequest['label'];
}

function layoutAt(request: LayoutRequest, zoom: number): GridLayout {
  const { count, mapHeight, mapWidth, availableWidth, label, gap = 4 } = request;
  const unit = unitOf(zoom, request);
  const insetX = label === 'left' ? upTo(labelWidth(String(count - 1).length), unit) : 0;
  const insetY = label === 'above' ? upTo(LABEL_HEIGHT, unit) : 0;
  const space = upTo(gap, unit);
  const pitchX = mapWidth * zoom + insetX + space;
  const spaceY = label === 'above' ? 0 : space;
  const pitchY = mapHeight * zoom + insetY + spaceY;
  const columns = Math.max(1, Math.min(count, Math.floor((availableWidth + space) / pitchX)));
  const rows = Math.max(1, Math.ceil(count / columns));
  return {
    count,
    mapHeight,
    mapWidth,
    zoom,
    unit,
    columns,
    rows,
    pitchX,
    pitchY,
    insetX,
    insetY,
    width: columns * pitchX - space,
    height: rows * pitchY - spaceY,
    label,
  };
}

/**
 * Without a chosen zoom, all tiles fit: with numbers while they are readable, otherwise without. Where even that is not
 * possible, the grid is larger than the view.
 */
export function tileLayout(request: LayoutRequest): GridLayout {
  if (request.zoom !== undefined) return layoutAt(request, clampZoom(request.zoom));
  const side = Math.max(request.mapHeight, request.mapWidth);
  const zoomFor = (tile: number) => Math.min(LARGEST_ZOOM, Math.max(1, Math.ceil(tile / side)));
  const readable = zoomFor(SMALLEST_TILE);
  return (
    largestFit(request, readable) ??
    largestFit({ ...request, label: 'none', gap: 2 }, zoomFor(SMALLEST_WITHOUT_NUMBER)) ??
    layoutAt(request, readable)
  );
}

/** Maps are reduced by one of these, so that a tile is not smaller than SMALLEST_TILE. */
const REDUCTIONS = [2, 4, 8, 16, 32];

/**
 * By how much large maps are reduced in both directions, so that all tiles fit, or at least as many as can; 1 where they fit
 * as they are, or the user has chosen a zoom.
 */
export function reductionFor(request: LayoutRequest): number {
  const { mapHeight, mapWidth, availableWidth, availableHeight, zoom } = request;
  if (zoom !== undefined || availableWidth <= 0 || availableHeight <= 0) return 1;
  const fits = ({ width, height }: TileLayout) => width <= availableWidth && height <= availableHeight;
  if (fits(tileLayout(request))) return 1;
  let best = 1;
  for (const factor of REDUCTIONS) {
    const size = { mapHeight: Math.ceil(mapHeight / factor), mapWidth: Math.ceil(mapWidth / factor) };
    if (Math.max(size.mapHeight, size.mapWidth) < SMALLEST_TILE) break;
    best = factor;
    if (fits(layoutAt({ ...request, ...size }, 1))) break;
  }
  return best;
}

/** The layout with the largest zoom, of at least `least`, at which all tiles fit. */
function largestFit(request: LayoutRequest, least: number): GridLayout | undefined {
  for (let zoom = LARGEST_ZOOM; zoom >= least; zoom--) {
    const layout = layoutAt(request, zoom);
    if (layout.width <= request.availableWidth && layout.height <= request.availableHeight) return layout;
  }
  return undefined;
}

/** Rows of tiles, both ends included. */
export interface Rows {
  readonly first: number;
  readonly last: number;
}

/** The rows to paint: all of them, or of a large grid those in and near the view. `top` and `height` are the view's. */
export function rowsToPaint(layout: TileLayout, top: number, height: number): Rows {
  const [canvasWidth, canvasHeight] = [layout.width / layout.unit, layout.height / layout.unit];
  const isSmall = canvasWidth * canvasHeight <= LARGEST_CANVAS.pixels && canvasHeight <= LARGEST_CANVAS.side;
  if (isSmall) return { first: 0, last: layout.rows - 1 };
  // Whole views, so that scrolling does not repaint every time.
  const view = Math.max(1, Math.ceil(height / layout.pitchY));
  const at = Math.floor(top / layout.pitchY / view);
  return {
    first: Math.max(0, (at - 1) * view),
    last: Math.min(layout.rows - 1, (at + 2) * view - 1),
  };
}

/** The layout of these rows alone. */
export function layoutOfRows(layout: TileLayout, { first, last }: Rows): TileLayout {
  const rows = last - first + 1;
  const below = layout.rows * layout.pitchY - layout.height;
  return {
    ...layout,
    rows,
    count: Math.min(layout.count - first * layout.columns, rows * layout.columns),
    height: rows * layout.pitchY - below,
  };
}

/** The top left corner of a tile, in CSS pixels. */
export function tileCorner(layout: TileLayout, index: number): { readonly x: number; readonly y: number } {
  return {
    x: (index % layout.columns) * layout.pitchX + layout.insetX,
    y: Math.floor(index / layout.columns) * layout.pitchY + layout.insetY,
  };
}

/** The tile and map pixel under a point. Gaps and labels count as the nearest pixel of their cell. */
export function tileAt(
  layout: TileLayout,
  x: number,
  y: number,
): { readonly index: number; readonly y: number; readonly x: number } | undefined {
  const column = Math.floor(x / layout.pitchX);
  const row = Math.floor(y / layout.pitchY);
  const index = row * layout.columns + column;
  if (column < 0 || column >= layout.columns || row < 0 || index >= layout.count) return undefined;
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(value)));
  return {
    index,
    x: clamp((x - column * layout.pitchX - layout.insetX) / layout.zoom, layout.mapWidth),
    y: clamp((y - row * layout.pitchY - layout.insetY) / layout.zoom, layout.mapHeight),
  };
}
