/** Paints a layer's maps as a small picture, with every channel scaled down by averaging, in one pass. */

import { MARK } from '../decode/decoded.js';
import { colourIndex, type Limits, type Lut } from './lut.js';
import { type MapStack, markAt, valueAtPlace } from './map-stack.js';
import type { MarkPixels } from './non-finite.js';
import type { Canvas2D } from './painter.js';

export interface ThumbnailLayout {
  readonly columns: number;
  readonly rows: number;
  /** Canvas pixels per channel, including its gap. */
  readonly cell: number;
  readonly gap: number;
}

export interface ThumbnailColours {
  readonly lut: Lut;
  readonly limits: Limits;
  readonly nonFinite: MarkPixels;
}

/** Paints as many channels as fit, in order. A pixel has the colour of the first NaN or infinite value that it covers. */
export function paintThumbnail(
  canvas: Canvas2D,
  layout: ThumbnailLayout,
  stack: MapStack,
  colours: ThumbnailColours,
): void {
  canvas.pixels.fill(0);
  const { columns, rows, cell, gap } = layout;
  const [channels, height, width] = stack.shape;
  const side = Math.max(1, cell - gap);
  const scale = Math.max(height, width) / side;
  const shownHeight = Math.min(side, Math.ceil(height / scale));
  const shownWidth = Math.min(side, Math.ceil(width / scale));
  for (let channel = 0; channel < Math.min(channels, columns * rows); channel++) {
    const top = Math.floor(channel / columns) * cell;
    const left = (channel % columns) * cell;
    for (let y = 0; y < shownHeight; y++) {
      const y0 = Math.floor(y * scale);
      const y1 = Math.min(height, Math.max(y0 + 1, Math.floor((y + 1) * scale)));
      for (let x = 0; x < shownWidth; x++) {
        const x0 = Math.floor(x * scale);
        const x1 = Math.min(width, Math.max(x0 + 1, Math.floor((x + 1) * scale)));
        canvas.pixels[(top + y) * canvas.width + left + x] = boxColour(
          stack,
          channel,
          y0,
          y1,
          x0,
          x1,
          colours,
        );
      }
    }
  }
}

function boxColour(
  stack: MapStack,
  channel: number,
  y0: number,
  y1: number,
  x0: number,
  x1: number,
  { lut, limits, nonFinite }: ThumbnailColours,
): number {
  const [, height, width] = stack.shape;
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const place = (channel * height + y) * width + x;
      const mark = markAt(stack, place);
      if (mark !== MARK.finite) return nonFinite[mark];
      sum += valueAtPlace(stack, channel, place);
    }
  }
  return lut[colourIndex(sum / ((y1 - y0) * (x1 - x0)), limits)]!;
}
