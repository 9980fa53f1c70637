/** Paints a grid of maps into one ImageData through a colour table. It has no side effects beyond the pixels. */

import { dequantise } from '@convscope/shared/channels/quantise.js';
import { MARK } from '../decode/decoded.js';
import { colourIndex, type Limits, type Lut } from './lut.js';
import { type CodedStack, type MapStack, markAt, type ValueStack } from './map-stack.js';
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

function isOutside(value: number, { lo, hi }: Limits): boolean {
  return value < lo || value > hi;
}

function pixelFor(value: number, limits: Limits, { lut, highlight }: Colouring): number {
  const pixel = lut[colourIndex(value, limits)]!;
  return highlight !== undefined && isOutside(value, highlight) ? faded(pixel) : pixel;
}

/** Every code, in order. */
const CODES = Uint8Array.from({ length: 256 }, (_, code) => code);

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
  const { unit, mapHeight, mapWidth } = layout;
  const repeat = layout.zoom / unit;
  const { pixels, width } = canvas;
  const size = mapHeight * mapWidth;
  const colours = new Uint32Array(256);
  for (let index = 0; index < order.length; index++) {
    const channel = order[index]!;
    const corner = tileCorner(layout, index);
    const start = (corner.y / unit) * width + corner.x / unit;
    const tile = { start, width, mapHeight, mapWidth, repeat };
    if (stack === undefined || channel >= stack.shape[0]) {
      for (let y = 0, at = start; y < mapHeight * repeat; y++, at += width)
        pixels.fill(colouring.well, at, at + mapWidth * repeat);
      continue;
    }
    const limits = colouring.limits(channel);
    const dim = colouring.dim?.(channel) === true;
    const first = channel * size;
    const isPlain = stack.marks === undefined && !dim;
    if (stack.kind === 'values' && isPlain && colouring.highlight === undefined) {
      paintValues(pixels, tile, stack, first, limits, colouring.lut);
    } else if (stack.kind === 'values' || !isPlain) {
      if (stack.kind === 'codes') colourCodes(colours, CODES, 0, 256, stack, channel, limits, colouring);
      paintAny(pixels, tile, stack, first, colours, limits, dim, colouring);
    } else if (size < CODES.length) {
      // Of a small map the colour of each pixel is computed, of a large one that of each code.
      colourCodes(colours, stack.codes, first, size, stack, channel, limits, colouring);
      paintCodes(pixels, tile, CODES, 0, colours);
    } else {
      colourCodes(colours, CODES, 0, CODES.length, stack, channel, limits, colouring);
      paintCodes(pixels, tile, stack.codes, first, colours);
    }
  }
}

/** Computes the colours of `count` codes from `first` on, as those of the channel. */
function colourCodes(
  colours: Uint32Array,
  codes: Uint8Array,
  first: number,
  count: number,
  { lo, hi, rectified }: CodedStack,
  channel: number,
  limits: Limits,
  { lut, highlight }: Colouring,
): void {
  const [low, high] = [lo[channel]!, hi[channel]!];
  for (let at = 0; at < count; at++) {
    const exact = dequantise(codes[first + at]!, low, high);
    const value = rectified && exact <= 0 ? 0 : exact;
    colours[at] = lut[colourIndex(value, limits)]!;
    if (highlight !== undefined && isOutside(value, highlight)) colours[at] = faded(colours[at]!);
  }
}

/** Where a map is painted: its first pixel, and the width of the canvas. A map pixel has `repeat` pixels each way. */
interface Tile {
  readonly start: number;
  readonly width: number;
  readonly mapHeight: number;
  readonly mapWidth: number;
  readonly repeat: number;
}

/** The usual case, apart from the others: it is most of the time of drawing a frame. */
function paintCodes(
  pixels: Uint32Array,
  { start, width, mapHeight, mapWidth, repeat }: Tile,
  codes: Uint8Array,
  first: number,
  colours: Uint32Array,
): void {
  for (let y = 0, row = start, place = first; y < mapHeight; y++, row += width * repeat) {
    let at = row;
    for (const end = place + mapWidth; place < end; place++) {
      const pixel = colours[codes[place]!]!;
      pixels[at++] = pixel;
      for (let k = 1; k < repeat; k++) pixels[at++] = pixel;
    }
    for (let k = 1; k < repeat; k++) pixels.copyWithin(row + k * width, row, at);
  }
}

/** The usual case of maps that are no codes, such as differences. */
function paintValues(
  pixels: Uint32Array,
  { start, width, mapHeight, mapWidth, repeat }: Tile,
  { values, rectified }: ValueStack,
  first: number,
  limits: Limits,
  lut: Lut,
): void {
  for (let y = 0, row = start, place = first; y < mapHeight; y++, row += width * repeat) {
    let at = row;
    for (const end = place + mapWidth; place < end; place++) {
      const value = values[place]!;
      const pixel = lut[colourIndex(rectified && value <= 0 ? 0 : value, limits)]!;
      pixels[at++] = pixel;
      for (let k = 1; k < repeat; k++) pixels[at++] = pixel;
    }
    for (let k = 1; k < repeat; k++) pixels.copyWithin(row + k * width, row, at);
  }
}

/** @param colours of every code, if the maps are codes */
function paintAny(
  pixels: Uint32Array,
  { start, width, mapHeight, mapWidth, repeat }: Tile,
  stack: MapStack,
  first: number,
  colours: Uint32Array,
  limits: Limits,
  dim: boolean,
  colouring: Colouring,
): void {
  const { marks, rectified } = stack;
  for (let y = 0, row = start, place = first; y < mapHeight; y++, row += width * repeat) {
    let at = row;
    for (const end = place + mapWidth; place < end; place++) {
      let pixel: number;
      const mark = marks === undefined ? MARK.finite : markAt(stack, place);
      if (mark !== MARK.finite) pixel = colouring.nonFinite[mark];
      else if (marks?.[place] === MARK.negativeInfinity) pixel = pixelFor(0, limits, colouring);
      else if (stack.kind === 'codes') pixel = colours[stack.codes[place]!]!;
      else {
        const value = stack.values[place]!;
        pixel = pixelFor(rectified && value <= 0 ? 0 : value, limits, colouring);
      }
      if (dim) pixel = faded(pixel);
      pixels[at++] = pixel;
      for (let k = 1; k < repeat; k++) pixels[at++] = pixel;
    }
    for (let k = 1; k < repeat; k++) pixels.copyWithin(row + k * width, row, at);
  }
}
