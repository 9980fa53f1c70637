/** Keys of the page of comparisons. Grids and sliders handle their arrow keys themselves. */
import { plural } from '../../ui/format.js';
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp } from '../page.js';
import type { CompareState } from './compare-state.js';

export const COMPARE_KEYS: readonly KeyHelp[] = [
  [['←', '→'], 'previous, next capture of B'],
  [['Shift', '←', '→'], 'previous, next capture of A'],
  [['X'], 'exchange A and B'],
  [['D'], 'side by side, difference, blink, swipe'],
  [['Space'], 'hold blinking, or go on'],
  [['V'], 'input, conv, ReLU, gradient or kernels'],
  [['O'], 'order of the channels'],
  [['M'], 'match the channels by correlation'],
  [['[', ']'], 'previous, next layer'],
  [['J', 'K'], 'next, previous channel, as they are sorted'],
  [['Tab', 'arrows'], 'into a grid; move the pixel'],
  [['Enter'], 'pin the pixel under the pointer'],
  [['1', '8'], 'picture, 1 to 8'],
];

/** Returns true when it has handled the key. */
export function handleCompareKey(
  event: KeyboardEvent,
  app: CompareState,
  say: (sentence: string) => void,
): boolean {
  if (!isForPage(event)) return false;
  const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
  // A slider moves itself.
  const onSlider = event.target instanceof HTMLInputElement;
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowRight':
      if (onSlider) return false;
      app.stepBy(event.shiftKey ? 'a' : 'b', event.key === 'ArrowLeft' ? -1 : 1);
      return true;
    case 'x':
      app.swap();
      return true;
    case 'd':
      app.showNextDisplay();
      return true;
    case ' ':
      if (onButton || app.view.display !== 'blink') return false;
      app.isHeld.set(!app.isHeld.get());
      return true;
    case 'v':
      app.showNextStage();
      return true;
    case 'o':
      app.showNextSort();
      return true;
    case 'm':
      app.show({ matched: !app.view.matched });
      return true;
    case '[':
    case ']':
      app.moveLayer(event.key === ']' ? 1 : -1);
      return true;
    case 'j':
    case 'k':
      app.moveChannel(event.key === 'j' ? 1 : -1);
      return true;
    case 'Enter': {
      const hover = app.hover.get();
      if (onButton || hover === undefined) return false;
      app.show(hover, 'push');
      return true;
    }
  }
  if (!/^[1-8]$/.test(event.key)) return false;
  const comparison = app.comparison.get();
  const pair = comparison?.pictures.pairs[Number(event.key) - 1];
  if (pair !== undefined) app.selectProbe('a', pair.a);
  else if (comparison !== undefined)
    say(
      `There is no picture ${event.key}: A and B have ${plural(comparison.pictures.pairs.length, 'picture')} in common.`,
    );
  return true;
}
