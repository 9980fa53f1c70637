/** Where the tiles of the strip of one channel lie: rows of tiles with their steps below them, in CSS pixels. */

export interface CapturesLayout {
  /** Of a tile, without its step. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels per map pixel: a whole number, or for large maps a fraction. */
  readonly zoom: number;
  readonly columns: number;
  readonly pitchX: number;
  readonly pitchY: number;
  /** Of all rows. */
  readonly total: number;
}

/** Tiles are at most so large; the step needs so much room. */
const TILE = 40;
const STEP = { width: 40, height: 14 };
const GAP = 4;

export function capturesLayout(
  count: number,
  [mapHeight, mapWidth]: readonly [number, number],
  available: number,
): CapturesLayout {
  const side = Math.max(mapHeight, mapWidth, 1);
  const zoom = side > TILE ? TILE / side : Math.floor(TILE / side);
  const [width, height] = [mapWidth * zoom, mapHeight * zoom];
  const pitchX = Math.max(width, STEP.width) + GAP;
  const pitchY = height + STEP.height + GAP;
  const columns = Math.max(1, Math.floor((available + GAP) / pitchX));
  return { width, height, zoom, columns, pitchX, pitchY, total: Math.ceil(count / columns) * pitchY };
}

export function tileCornerOf({ columns, pitchX, pitchY }: CapturesLayout, index: number) {
  return { x: (index % columns) * pitchX, y: Math.floor(index / columns) * pitchY };
}

/** The tiles that a view of this height shows at least a part of: from `first` to before `end`. */
export function tilesInView(
  { columns, pitchY }: CapturesLayout,
  count: number,
  top: number,
  height: number,
): { readonly first: number; readonly end: number } {
  const first = Math.max(0, Math.floor(top / pitchY)) * columns;
  return { first, end: Math.min(count, Math.ceil((top + height) / pitchY) * columns) };
}

/** The tile at a place; undefined beside or below the tiles. */
export function tileUnder(
  { columns, pitchX, pitchY }: CapturesLayout,
  count: number,
  x: number,
  y: number,
): number | undefined {
  const column = Math.floor(x / pitchX);
  const index = Math.floor(y / pitchY) * columns + column;
  return column >= 0 && column < columns && index >= 0 && index < count ? index : undefined;
}

/** The nearest offset at which the row of a tile is in view. */
export function offsetFor(layout: CapturesLayout, index: number, top: number, height: number): number {
  const { y } = tileCornerOf(layout, index);
  return Math.max(0, Math.min(y, Math.max(top, y + layout.pitchY - height)));
}
