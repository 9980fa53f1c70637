/** Where the kernels of the matrix are, and which of them are painted. */
import type { TileLayout } from '../../../drawing/tile-layout.js';
import type { Size } from '../../../ui/use-size.js';

/** [out, in of a group, height, width]. */
export type KernelShape = readonly [out: number, perGroup: number, height: number, width: number];

/** Height of the numbers of the output channels. */
export const HEAD = 13;
const TALLEST = 256;
/** In a lower matrix, as of a depthwise convolution, kernels could not be told apart: it scrolls sideways instead. */
const LOWEST = 24;
const LARGEST_FIT = 8;
export const LARGEST_ZOOM = 24;
/** A larger matrix is painted in parts. */
const MOST_PIXELS = 2_000_000;
/** What a scroll bar takes. */
const BAR = 12;

export interface MatrixLayout extends TileLayout {
  /** Width of the numbers of the input channels. */
  readonly side: number;
}

export function matrixAt(shape: KernelShape, zoom: number): MatrixLayout {
  const [columns, rows, mapHeight, mapWidth] = shape;
  const gap = zoom >= 6 ? 2 : 1;
  const pitchX = mapWidth * zoom + gap;
  const pitchY = mapHeight * zoom + gap;
  return {
    count: columns * rows,
    mapHeight,
    mapWidth,
    zoom,
    unit: 1,
    columns,
    rows,
    pitchX,
    pitchY,
    insetX: 0,
    insetY: 0,
    width: columns * pitchX - gap,
    height: rows * pitchY - gap,
    side: Math.max(16, 6 + 7 * String(rows - 1).length),
  };
}

/** The largest zoom at which the matrix is as wide as the pane and not too tall, or the least at which it is not too low. */
export function zoomToFit(shape: KernelShape, width: number): number {
  let best = 1;
  for (let zoom = 2; zoom <= LARGEST_FIT; zoom++) {
    const next = matrixAt(shape, zoom);
    if (next.width + next.side > width || next.height > TALLEST) break;
    best = zoom;
  }
  while (best < LARGEST_FIT && matrixAt(shape, best).height < LOWEST) best++;
  return best;
}

/** The height of the box that shows the matrix, which may become smaller than this. */
export function boxHeight(layout: MatrixLayout, width: number): number {
  const bar = layout.side + layout.width > width ? BAR : 0;
  return HEAD + Math.min(TALLEST, layout.height) + 2 + bar;
}

/** A range of rows or columns, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What is painted: the whole matrix, or of a large one the kernels in and near the view. */
export function kernelsToPaint(
  layout: MatrixLayout,
  scroll: { readonly left: number; readonly top: number },
  view: Size,
): { readonly rows: Range; readonly columns: Range } {
  const isSmall = layout.width * layout.height <= MOST_PIXELS;
  const range = (count: number, pitch: number, offset: number, room: number): Range => {
    if (isSmall) return { first: 0, last: count - 1 };
    // Whole views, so that scrolling does not repaint every time.
    const inView = Math.max(1, Math.ceil(room / pitch));
    const at = Math.floor(offset / pitch / inView);
    return { first: Math.max(0, (at - 1) * inView), last: Math.min(count - 1, (at + 3) * inView - 1) };
  };
  return {
    rows: range(layout.rows, layout.pitchY, scroll.top, view.height),
    columns: range(layout.columns, layout.pitchX, scroll.left, view.width),
  };
}

/** The layout of a part of the matrix. */
export function partOf(layout: MatrixLayout, rows: Range, columns: Range): TileLayout {
  const [high, wide] = [rows.last - rows.first + 1, columns.last - columns.first + 1];
  const gap = layout.pitchX - layout.mapWidth * layout.zoom;
  return {
    ...layout,
    count: high * wide,
    rows: high,
    columns: wide,
    width: wide * layout.pitchX - gap,
    height: high * layout.pitchY - gap,
  };
}

export interface Weight {
  readonly column: number;
  readonly row: number;
  readonly ky: number;
  readonly kx: number;
}

/** The weight at a place of the matrix, without the numbers around it; undefined in a gap and outside. */
export function weightAt(layout: MatrixLayout, x: number, y: number): Weight | undefined {
  const [column, row] = [Math.floor(x / layout.pitchX), Math.floor(y / layout.pitchY)];
  const kx = Math.floor((x - column * layout.pitchX) / layout.zoom);
  const ky = Math.floor((y - row * layout.pitchY) / layout.zoom);
  const isInside =
    column >= 0 &&
    column < layout.columns &&
    row >= 0 &&
    row < layout.rows &&
    kx < layout.mapWidth &&
    ky < layout.mapHeight;
  return isInside ? { column, row, ky, kx } : undefined;
}
