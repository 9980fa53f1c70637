/** Paints a grid of maps into one ImageData through a colour table. It has no side effects beyond the pixels. */

import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import { colourIndex, type Limits, type Lut } from './lut.js';
import { type MapStack, markAt } from './map-stack.js';
import type { MarkPixels } from './non-finite.js';
import { type TileLayout, tileCorner } from './tile-layout.js';

export interface Colouring {
  readonly lut: Lut;
  readonly limits: (channel: number) => Limits;
  /** The pixels for NaN and infinite values. */
  readonly nonFinite: MarkPixels;
  /** The pixel for tiles without data. */
  readonly well: number;
  /** Values outside these limits are faded, while the pointer is on the legend. */
  readonly highlight?: Limits | undefined;
  /** Channels to be faded. */
  readonly dim?: ((channel: number) => boolean) | undefined;
}

export interface Canvas2D {
  readonly width: number;
  readonly height: number;
  /** RGBA, one Uint32 per pixel. */
  readonly pixels: Uint32Array;
}

const FADED_ALPHA = 64;

function faded(pixel: number): number {
  return ((pixel & 0x00ffffff) | (FADED_ALPHA << 24)) >>> 0;
}

function pixelFor(value: number, limits: Limits, { lut, highlight }: Colouring): number {
  const pixel = lut[colourIndex(value, limits)]!;
  return highlight !== undefined && (value < highlight.lo || value > highlight.hi) ? faded(pixel) : pixel;
}

/** The colour of each of the 256 codes of a channel. */
export function codeTable(
  lo: number,
  hi: number,
  rectified: boolean,
  limits: Limits,
  colouring: Colouring,
  table: Lut,
): Lut {
  for (let code = 0; code < 256; code++) {
    const value = dequantise(code, lo, hi);
    table[code] = pixelFor(rectified && value <= 0 ? 0 : value, limits, colouring);
  }
  return table;
}

/**
 * Paints the channels of `order` into the tiles of `layout`. `canvas` has the layout's size in units. Channels that the
 * stack lacks, and all channels without a stack, are filled with `well`.
 */
export function paintTiles(
  canvas: Canvas2D,
  layout: TileLayout,
  order: readonly number[],
  stack: MapStack | undefined,
  colouring: Colouring,
): void {
  canvas.pixels.fill(0);
  const { unit, zoom, mapHeight, mapWidth } = layout;
  const repeat = zoom / unit;
  const table = new Uint32Array(256);
  const row = new Uint32Array(mapWidth * repeat);
  const size = mapHeight * mapWidth;
  for (let index = 0; index < order.length; index++) {
    const channel = order[index]!;
    const corner = tileCorner(layout, index);
    const left = corner.x / unit;
    const top = corner.y / unit;
    if (stack === undefined || channel >= stack.shape[0]) {
      for (let y = 0; y < mapHeight * repeat; y++) {
        const at = (top + y) * canvas.width + left;
        canvas.pixels.fill(colouring.well, at, at + mapWidth * repeat);
      }
      continue;
    }
    const limits = colouring.limits(channel);
    const dim = colouring.dim?.(channel) === true;
    if (stack.kind === 'codes') {
      codeTable(stack.lo[channel]!, stack.hi[channel]!, stack.rectified, limits, colouring, table);
    }
    for (let y = 0; y < mapHeight; y++) {
      const start = channel * size + y * mapWidth;
      for (let x = 0; x < mapWidth; x++) {
        const place = start + x;
        let pixel: number;
        const mark = stack.marks === undefined ? MARK.finite : markAt(stack, place);
        if (mark !== MARK.finite) pixel = colouring.nonFinite[mark];
        else if (stack.marks?.[place] === MARK.negativeInfinity) pixel = pixelFor(0, limits, colouring);
        else if (stack.kind === 'codes') pixel = table[stack.codes[place]!]!;
        else {
          const value = stack.values[place]!;
          pixel = pixelFor(stack.rectified && value <= 0 ? 0 : value, limits, colouring);
        }
        if (dim) pixel = faded(pixel);
        for (let k = 0; k < repeat; k++) row[x * repeat + k] = pixel;
      }
      for (let k = 0; k < repeat; k++) canvas.pixels.set(row, (top + y * repeat + k) * canvas.width + left);
    }
  }
}
