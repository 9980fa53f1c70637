/** Draws single maps onto a canvas that also holds other things: thumbnails, contributions, the magnified map. */

import type { MapStack } from '../drawing/map-stack.js';
import { type Colouring, paintTiles } from '../drawing/painter.js';

let scratch: HTMLCanvasElement | undefined;

/** One channel at (x, y), `zoom` CSS pixels a map pixel; not smoothed unless it is made smaller. */
export function blitMap(
  context: CanvasRenderingContext2D,
  stack: MapStack,
  channel: number,
  x: number,
  y: number,
  zoom: number,
  colouring: Colouring,
): void {
  const [, height, width] = stack.shape;
  scratch ??= document.createElement('canvas');
  if (scratch.width < width) scratch.width = width;
  if (scratch.height < height) scratch.height = height;
  const from = scratch.getContext('2d', { willReadFrequently: true });
  if (from === null) return;
  const image = from.createImageData(width, height);
  const layout = {
    count: 1,
    mapHeight: height,
    mapWidth: width,
    zoom: 1,
    unit: 1,
    columns: 1,
    rows: 1,
    pitchX: width,
    pitchY: height,
    insetX: 0,
    insetY: 0,
    width,
    height,
  };
  paintTiles(
    { width, height, pixels: new Uint32Array(image.data.buffer) },
    layout,
    [channel],
    stack,
    colouring,
  );
  from.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = zoom < 1;
  context.drawImage(scratch, 0, 0, width, height, x, y, width * zoom, height * zoom);
}
