/** The pixel that is outlined in every grid: the one under the pointer, or else the pinned one. */
import { useMemo } from 'react';
import { useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { inputMarkOf, outputAt, type Selection, type Window } from '../state/selection.js';

/** As a pixel of the output. The same object until the pixel changes. */
export function useOutlined(
  selection: Selection | undefined,
): { readonly y: number; readonly x: number } | undefined {
  const app = useRunPage();
  const hover = useStoreValue(app.hover);
  const at =
    selection === undefined || hover === undefined
      ? selection
      : hover.grid === 'output'
        ? hover
        : outputAt(selection, hover.y, hover.x);
  const [y, x] = [at?.y, at?.x];
  return useMemo(() => (y === undefined || x === undefined ? undefined : { y, x }), [y, x]);
}

/** As marks in input and output. The same objects until the pixel changes: a grid redraws its labels with its mark. */
export function useMarks(
  selection: Selection | undefined,
): { readonly input: Window | undefined; readonly output: Window } | undefined {
  const outlined = useOutlined(selection);
  const described = selection?.described;
  const inputShape = selection?.inputShape;
  return useMemo(() => {
    if (outlined === undefined) return undefined;
    const { y, x } = outlined;
    return { input: inputMarkOf({ described, inputShape }, y, x), output: { y0: y, y1: y, x0: x, x1: x } };
  }, [described, inputShape, outlined]);
}
