import type { TileLayout } from './tile-layout.js';

/** Pixels of a map, both ends included. */
export interface Mark {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** Outlines pixels of the map at (x, y), white within black so that it shows on every colour, clipped to the map. */
export function drawMark(
  context: CanvasRenderingContext2D,
  mark: Mark,
  x: number,
  y: number,
  size: Pick<TileLayout, 'zoom' | 'mapWidth' | 'mapHeight'>,
  strong: boolean,
): void {
  const { zoom } = size;
  const left = x + mark.x0 * zoom;
  const top = y + mark.y0 * zoom;
  const width = (mark.x1 - mark.x0 + 1) * zoom;
  const height = (mark.y1 - mark.y0 + 1) * zoom;
  context.save();
  context.beginPath();
  context.rect(x, y, size.mapWidth * zoom, size.mapHeight * zoom);
  context.clip();
  context.lineWidth = 1;
  context.globalAlpha *= strong ? 1 : 0.75;
  context.strokeStyle = '#000';
  context.strokeRect(left - 1.5, top - 1.5, width + 3, height + 3);
  context.strokeStyle = '#fff';
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.restore();
}
