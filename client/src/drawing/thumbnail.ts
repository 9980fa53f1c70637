/** Paints a layer's maps as a small picture, with every channel scaled down by averaging, in one pass. */

import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import { colourIndex, type Limits, type Lut } from './lut.js';
import { type CodedStack, type MapStack, markAt, valueAtPlace } from './map-stack.js';
import type { Mark, MarkPixels } from './non-finite.js';
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
  /** The values of the codes of a channel. */
  const values = new Float64Array(256);
  for (let channel = 0; channel < Math.min(channels, columns * rows); channel++) {
    if (stack.kind === 'codes') valuesOfCodes(values, stack, channel);
    const top = Math.floor(channel / columns) * cell;
    const left = (channel % columns) * cell;
    for (let y = 0; y < shownHeight; y++) {
      const y0 = Math.floor(y * scale);
      const y1 = Math.min(height, Math.max(y0 + 1, Math.floor((y + 1) * scale)));
      for (let x = 0; x < shownWidth; x++) {
        const x0 = Math.floor(x * scale);
        const x1 = Math.min(width, Math.max(x0 + 1, Math.floor((x + 1) * scale)));
        const box: Box = { channel, y0, y1, x0, x1 };
        const mark = stack.marks === undefined ? MARK.finite : markIn(stack, box);
        canvas.pixels[(top + y) * canvas.width + left + x] =
          mark === MARK.finite
            ? colours.lut[colourIndex(meanOf(stack, box, values), colours.limits)]!
            : colours.nonFinite[mark];
      }
    }
  }
}

/** A part of a map. y1 and x1 are not in it. */
interface Box {
  readonly channel: number;
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

function valuesOfCodes(values: Float64Array, { lo, hi, rectified }: CodedStack, channel: number): void {
  const [low, high] = [lo[channel]!, hi[channel]!];
  for (let code = 0; code < 256; code++) {
    const value = dequantise(code, low, high);
    values[code] = rectified && value <= 0 ? 0 : value;
  }
}

/** The first NaN or infinite value. */
function markIn(stack: MapStack, { channel, y0, y1, x0, x1 }: Box): Mark {
  const [, height, width] = stack.shape;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const mark = markAt(stack, (channel * height + y) * width + x);
      if (mark !== MARK.finite) return mark;
    }
  }
  return MARK.finite;
}

/** The mean of the values, none of which is NaN or infinite. */
function meanOf(stack: MapStack, { channel, y0, y1, x0, x1 }: Box, ofCodes: Float64Array): number {
  const [, height, width] = stack.shape;
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    const row = (channel * height + y) * width;
    if (stack.kind === 'codes' && stack.marks === undefined)
      for (let place = row + x0; place < row + x1; place++) sum += ofCodes[stack.codes[place]!]!;
    else for (let place = row + x0; place < row + x1; place++) sum += valueAtPlace(stack, channel, place);
  }
  return sum / ((y1 - y0) * (x1 - x0));
}
