/** Widths of texts, as the sum of the widths of their characters: thousands can be measured between two frames. */
import { withoutTurns } from '@convscope/shared/printable.js';
import { useEffect, useMemo, useState } from 'react';
import { whenFontLoaded } from './font-loading.js';

/** Used where there is no canvas to measure with. */
const GUESSED_WIDTH = 8;

interface TextWidth {
  /** Pixels. */
  of(text: string): number;
  /** The characters that were measured while fonts were loading, perhaps in another font. */
  uncertain(): string;
  /** Whether one of them has another width by now. */
  hasChanged(): boolean;
}

/** Measures texts in a CSS font such as `500 13px Inter`. */
function createTextWidth(font: string): TextWidth {
  const context = document.createElement('canvas').getContext('2d');
  if (context !== null) context.font = font;
  const widths = new Map<string, number>();
  const uncertain = new Set<string>();
  const widthOf = (character: string): number => {
    let width = widths.get(character);
    if (width === undefined) {
      // The page sets all digits as wide as a zero.
      const drawn = /\d/.test(character) ? '0' : withoutTurns(character);
      width = context?.measureText(drawn).width ?? GUESSED_WIDTH * drawn.length;
      widths.set(character, width);
      // Measuring asks for the font, so this is known here.
      if (document.fonts?.status === 'loading') uncertain.add(character);
    }
    return width;
  };
  return {
    of(text) {
      let sum = 0;
      for (const character of text) sum += widthOf(character);
      return sum;
    },
    uncertain: () => [...uncertain].join(''),
    hasChanged() {
      const now = createTextWidth(font);
      const hasChanged = [...uncertain].some((character) => now.of(character) !== widthOf(character));
      uncertain.clear();
      return hasChanged;
    },
  };
}

/** Returns a function that measures texts in a CSS font, in pixels. It is another one when the font has been loaded. */
export function useTextWidth(font: string): (text: string) => number {
  const [loads, setLoads] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are those of the fonts that have been loaded
  const width = useMemo(() => createTextWidth(font), [font, loads]);
  useEffect(() => {
    const text = width.uncertain();
    if (text === '') return;
    return whenFontLoaded(font, text, () => {
      if (width.hasChanged()) setLoads((before) => before + 1);
    });
  });
  return width.of;
}
