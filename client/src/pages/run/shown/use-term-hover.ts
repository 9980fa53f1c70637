/** The term of a kernel × patch under the pointer. Its pixel is marked in the input. */
import type { ConvolutionTerm } from '@convscope/shared/convolution/terms.js';
import { useCallback, useEffect, useState } from 'react';
import { useRunPage } from '../run-page-context.js';

/** The index of the term, and what to call with the one that the pointer enters. */
export function useTermHover(
  terms: readonly ConvolutionTerm[],
): readonly [number | undefined, (index: number | undefined) => void] {
  const app = useRunPage();
  const [hovered, setHovered] = useState<number>();
  const onHover = useCallback(
    (index: number | undefined) => {
      setHovered(index);
      const term = index === undefined ? undefined : terms[index];
      // A zero of the padding is not a pixel.
      const source = term?.source;
      app.patchPixel.set(
        term === undefined || source === undefined ? undefined : { channel: term.inChannel, ...source },
      );
    },
    [app, terms],
  );
  // A row that disappears under the pointer is not left by it.
  useEffect(() => () => app.patchPixel.set(undefined), [app]);
  return [hovered, onHover];
}
