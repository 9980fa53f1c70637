/** Draws single maps onto a canvas with other content, such as the contributions and the magnified map. */

import type { MapStack } from './map-stack.js';
import { type Colouring, paintTiles } from './painter.js';

export interface Atlas {
  /** Draws a channel at (x, y) with `zoom` CSS pixels per map pixel. It is smoothed only if it is scaled down. */
  draw(context: CanvasRenderingContext2D, index: number, x: number, y: number, zoom: number): void;
}

/** One canvas is kept for each use, because creating it takes longer than painting it. */
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
 * Paints channels of a stack, one below the other, onto a canvas from which they can be drawn. The atlas is valid until
 * the next one for the same use is created.
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

/** Draws one channel at (x, y). */
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
