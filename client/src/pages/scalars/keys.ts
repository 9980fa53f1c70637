/** Keys of the scalars page. A card that has the focus handles its own. */
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp } from '../page.js';
import type { ScalarsState } from './scalars-state.js';

/** The id of the field that the key / focuses. */
export const TAG_FILTER_ID = 'tag-filter';

export const SCALARS_KEYS: readonly KeyHelp[] = [
  [['/'], 'filter tags'],
  [['Y'], 'copy link'],
  [['Esc'], 'leave the full card, or the selected step'],
  [['←', '→'], 'in a card: previous, next point (Shift: 10)'],
  [['+', '-', '0'], 'in a card: zoom in, out, all of it'],
  [['Enter'], 'in a card: fill the page'],
  [['P'], 'in a card: pin it'],
  [['J'], 'in a card: join it with another one, which its menu undoes'],
  [['Shift', '↑', '↓'], 'in a pinned card: move it'],
  [['Alt', 'wheel'], 'over a card: zoom; without Alt after a click on it'],
  [['Shift', 'drag'], 'over a card: move along'],
  [['Ctrl', 'C'], 'over a card: copy the value under the pointer'],
];

/** Returns true when it has handled the key. */
export function handleKey(event: KeyboardEvent, state: ScalarsState): boolean {
  const isCopy = (event.ctrlKey || event.metaKey) && event.key === 'c';
  // Text that is selected is copied by the browser.
  if (isCopy && document.getSelection()?.isCollapsed !== false) return state.copyPointed();
  if (!isForPage(event)) return false;
  switch (event.key) {
    case '/':
      document.getElementById(TAG_FILTER_ID)?.focus();
      return true;
    case 'y':
      state.copyLink();
      return true;
    case 'Escape': {
      const { full, at } = state.view.get();
      if (full !== undefined) state.show({ full: undefined }, 'push');
      else if (at !== undefined) state.show({ at: undefined });
      else return false;
      return true;
    }
    default:
      return false;
  }
}
