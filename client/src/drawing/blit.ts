/** Draws single maps onto a canvas that also holds other things: contributions, the magnified map. */

import type { MapStack } from './map-stack.js';
import { type Colouring, paintTiles } from './painter.js';

export interface Atlas {
  /** One of its channels at (x, y), `zoom` CSS pixels a map pixel; not smoothed unless it is made smaller. */
  draw(context: CanvasRenderingContext2D, index: number, x: number, y: number, zoom: number): void;
}

/** Making a canvas takes longer than painting it: one is kept for each use. */
const canvases = new Map<string, HTMLCanvasElement>();

function canvasFor(use: string, width: number, height: number): HTMLCanvasElement {
  let canvas = canvases.get(use);
  if (canvas === undefined) {
    canvas = document.createElement('canvas');
    canvases.set(use, canvas);
  }
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return canvas;
}

/**
 * Paints channels of a stack, one below the other, onto a canvas from which they are then copied. It holds until the
 * next atlas of the same use is made.
 */
export function createAtlas(
  use: 'map' | 'contributions' | 'kernels',
  stack: MapStack,
  channels: readonly number[],
  colouring: Colouring,
): Atlas {
  const [, height, width] = stack.shape;
  const canvas = canvasFor(use, width, Math.max(1, height * channels.length));
  const own = canvas.getContext('2d', { willReadFrequently: true });
  const layout = {
    count: channels.length,
    mapHeight: height,
    mapWidth: width,
    zoom: 1,
    unit: 1,
    columns: 1,
    rows: channels.length,
    pitchX: width,
    pitchY: height,
    insetX: 0,
    insetY: 0,
    width,
    height: canvas.height,
  };
  if (own !== null) {
    const image = own.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    paintTiles({ width, height: canvas.height, pixels }, layout, channels, stack, colouring);
    own.putImageData(image, 0, 0);
  }
  return {
    draw(context, index, x, y, zoom) {
      context.imageSmoothingEnabled = zoom < 1;
      context.drawImage(canvas, 0, index * height, width, height, x, y, width * zoom, height * zoom);
    },
  };
}

/** One channel at (x, y). */
export function blitMap(
  context: CanvasRenderingContext2D,
  stack: MapStack,
  channel: number,
  x: number,
  y: number,
  zoom: number,
  colouring: Colouring,
): void {
  createAtlas('map', stack, [channel], colouring).draw(context, 0, x, y, zoom);
}
