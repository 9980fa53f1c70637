import { createContext, useContext } from 'react';
import { readTokens, type Tokens } from '../ui/tokens.js';
import { type Luts, lutsOf, parseHex, pixelOf } from './lut.js';

/** Colours of the theme, for canvases. The same object until the theme changes. */
export interface Palette {
  readonly tokens: Tokens;
  readonly luts: Luts;
  readonly nonFinite: number;
  readonly well: number;
}

export const PaletteContext = createContext<Palette | undefined>(undefined);

export function readPalette(): Palette {
  const tokens = readTokens();
  return {
    tokens,
    luts: lutsOf(tokens),
    nonFinite: pixelOf(parseHex(tokens['nan-fill'])),
    well: pixelOf(parseHex(tokens.well)),
  };
}

export function usePalette(): Palette {
  const palette = useContext(PaletteContext);
  if (palette === undefined) throw new Error('This component stands outside of PaletteContext.');
  return palette;
}
