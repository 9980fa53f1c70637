import { createContext, useContext } from 'react';
import { readTokens, type Tokens } from '../ui/tokens.js';
import { type Luts, lutsOf, parseHex, pixelOf } from './lut.js';
import { type MarkPixels, NON_FINITE } from './non-finite.js';

/** The theme's colours for canvases. The object stays the same until the theme changes. */
export interface Palette {
  readonly tokens: Tokens;
  readonly luts: Luts;
  readonly nonFinite: MarkPixels;
  readonly well: number;
}

export const PaletteContext = createContext<Palette | undefined>(undefined);

export function readPalette(): Palette {
  const tokens = readTokens();
  const [nan, infinity, negativeInfinity] = NON_FINITE.map(({ token }) => pixelOf(parseHex(tokens[token])));
  return {
    tokens,
    luts: lutsOf(tokens),
    nonFinite: [0, nan!, infinity!, negativeInfinity!],
    well: pixelOf(parseHex(tokens.well)),
  };
}

export function usePalette(): Palette {
  const palette = useContext(PaletteContext);
  if (palette === undefined) throw new Error('usePalette must be used inside PaletteContext.');
  return palette;
}
