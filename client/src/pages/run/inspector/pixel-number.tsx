/** The value of the pinned pixel, with its margin, and what the other source says of it. */
import { marginOf, type Reading } from '@convscope/shared/convolution/reading.js';
import { readingAt } from '../../../drawing/map-stack.js';
import { approximation, formatMargin, formatReading, formatValue } from '../../../ui/format.js';
import { recipeText } from '../frames/recipes.js';
import { OfStep } from '../shown/of-step.js';
import type { PixelValue } from '../state/pixel-value.js';
import type { Selection } from '../state/selection.js';
import { useShownValue } from './use-shown-value.js';

/** The value and its margin as text, rounded together. */
export function headline(shown: Reading): { readonly value: string; readonly margin: string } {
  return approximation(shown.value, marginOf(shown));
}

/** One sentence for a pixel whose log and arithmetic contradict each other. */
export function contradictionText({ contradiction }: PixelValue, isConv = true): string | undefined {
  const computed = isConv ? 'kernel × patch' : 'what its inputs give';
  if (contradiction === undefined) return undefined;
  const { apart, allowed } = contradiction;
  return Number.isFinite(apart)
    ? `The logged value and ${computed} differ by ${formatValue(apart)}, but may differ by at most ${formatMargin(allowed)}.`
    : `The logged value and ${computed} differ: only one of them is finite.`;
}

export function PixelNumber({ selection }: { selection: Selection }) {
  const pixel = useShownValue(selection);
  if (pixel === undefined) {
    return (
      <div className="pixel-number">
        <span className="value">–</span>
      </div>
    );
  }
  const { shown, other, before, source, y, x } = pixel;
  const { stage, stack } = selection.shown;
  const gradient =
    stage === 'gradient' && stack !== undefined ? readingAt(stack, selection.channel, y, x) : undefined;
  const { value, margin } = headline(shown);
  const isConv = selection.description !== undefined;
  const contradiction = contradictionText(pixel, isConv);
  const recipe = selection.layer.walk?.computed;
  return (
    <div className="pixel-number">
      <span className="value" data-value={shown.value} data-bound={marginOf(shown)} data-source={source}>
        {value}
      </span>
      <span className="small faint">
        {margin} at y {y}, x {x}
        {before !== undefined && before.lo < 0 && `, ${formatReading(before)} before ReLU`}
      </span>
      {other !== undefined && (
        <span className="small faint pixel-other" data-value={other.value} data-bound={marginOf(other)}>
          {source === 'arithmetic' ? 'logged as' : isConv ? 'kernel × patch gives' : 'its inputs give'}{' '}
          {formatReading(other)}
        </span>
      )}
      {gradient !== undefined && (
        <span className="small pixel-other" data-gradient={gradient.value} data-bound={marginOf(gradient)}>
          gradient {formatReading(gradient)} <OfStep step={selection.shown.piece?.step} />
        </span>
      )}
      {recipe !== undefined && <span className="small faint pixel-other">{recipeText(recipe)}</span>}
      {contradiction !== undefined && (
        <p className="small is-bad pixel-other" data-contradiction>
          {contradiction}
        </p>
      )}
    </div>
  );
}
