/**
 * Colour tables: 256 colours as pixels of an ImageData viewed as a Uint32Array (0xAABBGGRR on little-endian machines,
 * which browsers run on). Changing colours or limits changes only these tables and never the data.
 */
import { VIRIDIS_HEX } from 'virtual:viridis';
import { MARK } from '../decode/decoded.js';
import type { Tokens } from '../ui/tokens.js';
import { type Kind, pair } from '../ui/view-kinds.js';
import { type MarkPixels, markOf } from './non-finite.js';

export type Lut = Uint32Array;
export type LutName = 'viridis' | 'RdBu' | 'grey';

type Rgb = readonly [red: number, green: number, blue: number];

export function pixelOf([red, green, blue]: Rgb, alpha = 255): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Parses #rgb and #rrggbb. @throws for anything else */
export function parseHex(colour: string): Rgb {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  const hex = short ? `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}` : colour;
  if (!/^#[0-9a-f]{6}$/i.test(hex))
    throw new Error(`A colour token must be written as #rrggbb; "${colour}" is not.`);
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A table that interpolates evenly spaced stops in sRGB. */
function ramp(stops: readonly string[]): Lut {
  const colours = stops.map(parseHex);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const place = (i / 255) * (colours.length - 1);
    const left = Math.min(colours.length - 2, Math.floor(place));
    const mixed = colours[left]!.map((from, k) =>
      Math.round(from + (colours[left + 1]![k]! - from) * (place - left)),
    );
    return pixelOf(mixed as unknown as Rgb);
  });
}

const VIRIDIS: Lut = Uint32Array.from({ length: 256 }, (_, i) =>
  pixelOf(parseHex(`#${VIRIDIS_HEX.slice(i * 6, i * 6 + 6)}`)),
);
const GREY: Lut = ramp(['#000000', '#ffffff']);

export type Luts = Readonly<Record<LutName, Lut>>;

/** The tables of a theme. The middle of RdBu is the theme's neutral colour, so that zero recedes into the background. */
export function lutsOf(tokens: Tokens): Luts {
  const diverging = ramp([
    tokens['map-neg-end'],
    tokens['map-neg'],
    tokens['map-neg-mid'],
    tokens['map-zero'],
    tokens['map-pos-mid'],
    tokens['map-pos'],
    tokens['map-pos-end'],
  ]);
  // Zero lies between two entries, so both are the neutral colour.
  diverging[127] = diverging[128] = pixelOf(parseHex(tokens['map-zero']));
  return { viridis: VIRIDIS, RdBu: diverging, grey: GREY };
}

export interface Limits {
  readonly lo: number;
  readonly hi: number;
}

/** Limits in the address. */
export const LIMITS: Kind<Limits> = pair(
  ',',
  (lo, hi) => ({ lo, hi }),
  ({ lo, hi }) => [lo, hi],
);

/** The index of a finite value's colour, 0 to 255. */
export function colourIndex(value: number, { lo, hi }: Limits): number {
  if (hi <= lo) return value > hi ? 255 : 0;
  // Not Math.round, which takes as long as all of the rest: this is done for every pixel of small maps.
  const place = ((value - lo) / (hi - lo)) * 255 + 0.5;
  return place < 0 ? 0 : place > 255 ? 255 : place | 0;
}

/** The CSS colour of a pixel, for text on data and for single cells. */
export function cssOf(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

/** Returns a function that gives the CSS colour of a value. */
export function colourOf(lut: Lut, limits: Limits, nonFinite: MarkPixels): (value: number) => string {
  return (value) => {
    const mark = markOf(value);
    return cssOf(mark === MARK.finite ? lut[colourIndex(value, limits)]! : nonFinite[mark]);
  };
}

/** Whether black text is easier to read on this colour than white text (Rec. 601 luma). */
export function isLight(pixel: number): boolean {
  return 0.299 * (pixel & 255) + 0.587 * ((pixel >> 8) & 255) + 0.114 * ((pixel >> 16) & 255) > 135;
}
