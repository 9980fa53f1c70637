/** The panels at both sides of the page. */
import { createStore, type Store } from '../../../ui/store.js';

/** Widths at which a panel overlays the page, and is closed at first. */
export const RAIL_OVERLAID = '(max-width: 999px)';
export const INSPECTOR_OVERLAID = '(max-width: 1199px)';

/** Whether a panel is open. Undefined until the user opens or closes it: the width of the window decides. */
export interface Panel extends Store<boolean | undefined> {
  toggle(): void;
  /** Closes the panel if it lies over the page: something was chosen in it that the page shows. */
  chosen(): void;
}

/** `overlaid`: the media query for widths at which the panel is closed at first. */
export function createPanel(overlaid: string): Panel {
  const store = createStore<boolean | undefined>(undefined);
  return {
    ...store,
    chosen() {
      if (matchMedia(overlaid).matches) store.set(undefined);
    },
    toggle: () => store.set(!(store.get() ?? !matchMedia(overlaid).matches)),
  };
}
