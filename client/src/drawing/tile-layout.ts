/**
 * Where the tiles of a grid lie. Lengths in CSS pixels, but for those of the canvas: it is drawn at one canvas pixel
 * per `unit` CSS pixels and scaled by CSS, so every gap and label row is a whole number of units.
 */
export interface TileLayout {
  readonly count: number;
  readonly mapHeight: number;
  readonly mapWidth: number;
  /** CSS pixels a map pixel. */
  readonly zoom: number;
  /** CSS pixels a canvas pixel: a divisor of `zoom`. */
  readonly unit: number;
  readonly columns: number;
  readonly rows: number;
  /** From one tile to the next. */
  readonly pitchX: number;
  readonly pitchY: number;
  /** From the cell's corner to the tile's. */
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
  /** Asked for by the viewer; otherwise the largest that shows all tiles. */
  readonly zoom?: number | undefined;
  /** Room for the tile's number: above it, or at its left. */
  readonly label: 'above' | 'left' | 'none';
  readonly gap?: number;
}

/** A tile smaller than this says nothing: then the grid scrolls instead. */
const SMALLEST_TILE = 24;
const LARGEST_ZOOM = 24;
/** Room for the number and, above it, for the ring of the tile before. */
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

/** The tile's corner, in CSS pixels. */
export function tileCorner(layout: TileLayout, index: number): { readonly x: number; readonly y: number } {
  return {
    x: (index % layout.columns) * layout.pitchX + layout.insetX,
    y: Math.floor(index / layout.columns) * layout.pitchY + layout.insetY,
  };
}

/** Which tile and map pixel lies under a point; the gaps and labels belong to the nearest pixel of their cell. */
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
