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

/** Smaller tiles are unreadable, so the grid scrolls instead. */
const SMALLEST_TILE = 24;
export const LARGEST_ZOOM = 24;
/** Room for the number and, above it, for the selection ring of the previous row. */
const LABEL_HEIGHT = 16;
const LABEL_WIDTH = 24;

/** The largest divisor of zoom that is at most 4, so that gaps stay close to 4 pixels. */
function unitOf(zoom: number): number {
  for (let unit = Math.min(4, zoom); unit > 1; unit--) if (zoom % unit === 0) return unit;
  return 1;
}

const upTo = (length: number, unit: number): number => Math.ceil(length / unit) * unit;

function layoutAt(request: LayoutRequest, zoom: number): TileLayout {
  const { count, mapHeight, mapWidth, availableWidth, label, gap = 4 } = request;
  const unit = unitOf(zoom);
  const insetX = label === 'left' ? upTo(LABEL_WIDTH, unit) : 0;
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
  };
}

export function tileLayout(request: LayoutRequest): TileLayout {
  if (request.zoom !== undefined)
    return layoutAt(request, Math.max(1, Math.min(LARGEST_ZOOM, Math.round(request.zoom))));
  const readable = Math.min(
    LARGEST_ZOOM,
    Math.max(1, Math.ceil(SMALLEST_TILE / Math.max(request.mapHeight, request.mapWidth))),
  );
  let best = layoutAt(request, readable);
  for (let zoom = readable + 1; zoom <= LARGEST_ZOOM; zoom++) {
    const layout = layoutAt(request, zoom);
    if (layout.width > request.availableWidth || layout.height > request.availableHeight) continue;
    best = layout;
  }
  return best;
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
