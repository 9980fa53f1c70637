/** Widths of texts, as the sum of the widths of their characters: thousands can be measured between two frames. */
import { withoutTurns } from '@convscope/shared/printable.js';
import { useEffect, useMemo, useState } from 'react';

/** Used where there is no canvas to measure with. */
const GUESSED_WIDTH = 8;

/** Returns a function that measures texts in a CSS font such as `500 13px Inter`, in pixels. */
function createTextWidth(font: string): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (context !== null) context.font = font;
  const widths = new Map<string, number>();
  const widthOf = (character: string): number => {
    let width = widths.get(character);
    if (width === undefined) {
      // The page sets all digits as wide as a zero.
      const drawn = /\d/.test(character) ? '0' : withoutTurns(character);
      width = context?.measureText(drawn).width ?? GUESSED_WIDTH * drawn.length;
      widths.set(character, width);
    }
    return width;
  };
  return (text) => {
    let sum = 0;
    for (const character of text) sum += widthOf(character);
    return sum;
  };
}

/** The widths of texts in a CSS font, measured anew when fonts have been loaded. */
export function useTextWidth(font: string): (text: string) => number {
  const [fonts, setFonts] = useState(0);
  useEffect(() => {
    const loaded = document.fonts;
    const renew = () => setFonts((before) => before + 1);
    loaded?.addEventListener('loadingdone', renew);
    return () => loaded?.removeEventListener('loadingdone', renew);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are those of the fonts that have been loaded
  return useMemo(() => createTextWidth(font), [font, fonts]);
}
