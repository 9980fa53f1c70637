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

/** The colour of a code of a channel with these limits. */
function codePixel(
  code: number,
  lo: number,
  hi: number,
  rectified: boolean,
  limits: Limits,
  colouring: Colouring,
): number {
  const value = dequantise(code, lo, hi);
  return pixelFor(rectified && value <= 0 ? 0 : value, limits, colouring);
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
  const tileWidth = mapWidth * repeat;
  /** The colours of the codes of a channel. Only those that occur are computed: small maps have few of them. */
  const table = new Uint32Array(256);
  /** For which place in `order` each entry of the table was computed. */
  const computedFor = new Int32Array(256).fill(-1);
  const size = mapHeight * mapWidth;
  const { pixels, width } = canvas;
  for (let index = 0; index < order.length; index++) {
    const channel = order[index]!;
    const corner = tileCorner(layout, index);
    const left = corner.x / unit;
    const top = corner.y / unit;
    if (stack === undefined || channel >= stack.shape[0]) {
      for (let y = 0; y < mapHeight * repeat; y++) {
        const at = (top + y) * width + left;
        pixels.fill(colouring.well, at, at + tileWidth);
      }
      continue;
    }
    const limits = colouring.limits(channel);
    const dim = colouring.dim?.(channel) === true;
    const { marks, rectified } = stack;
    const codes = stack.kind === 'codes' ? stack.codes : undefined;
    const values = stack.kind === 'values' ? stack.values : undefined;
    const lo = stack.kind === 'codes' ? stack.lo[channel]! : 0;
    const hi = stack.kind === 'codes' ? stack.hi[channel]! : 0;
    const pixelOf = (code: number): number => {
      if (computedFor[code] !== index) {
        computedFor[code] = index;
        table[code] = codePixel(code, lo, hi, rectified, limits, colouring);
      }
      return table[code]!;
    };
    const isPlain = codes !== undefined && marks === undefined && !dim;
    let place = channel * size;
    for (let y = 0; y < mapHeight; y++) {
      const start = (top + y * repeat) * width + left;
      if (isPlain) {
        // The usual case, apart from the others: it is most of the time of drawing a frame.
        for (let x = 0, at = start; x < mapWidth; x++, place++) {
          const pixel = pixelOf(codes[place]!);
          for (const end = at + repeat; at < end; at++) pixels[at] = pixel;
        }
        for (let k = 1; k < repeat; k++) pixels.copyWithin(start + k * width, start, start + tileWidth);
        continue;
      }
      for (let x = 0, at = start; x < mapWidth; x++, place++) {
        let pixel: number;
        const mark = marks === undefined ? MARK.finite : markAt(stack, place);
        if (mark !== MARK.finite) pixel = colouring.nonFinite[mark];
        else if (marks?.[place] === MARK.negativeInfinity) pixel = pixelFor(0, limits, colouring);
        else if (codes !== undefined) pixel = pixelOf(codes[place]!);
        else {
          const value = values?.[place] ?? 0;
          pixel = pixelFor(rectified && value <= 0 ? 0 : value, limits, colouring);
        }
        if (dim) pixel = faded(pixel);
        for (const end = at + repeat; at < end; at++) pixels[at] = pixel;
      }
      for (let k = 1; k < repeat; k++) pixels.copyWithin(start + k * width, start, start + tileWidth);
    }
  }
}
