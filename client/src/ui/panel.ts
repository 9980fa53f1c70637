/** Panels at the sides of a page, which are opened and closed. */
import { createStore, type Store } from './store.js';

/** Widths at which the runs at the left lie over the page, and are closed at first. */
export const RAIL_OVERLAID = '(max-width: 999px)';

/** Whether a panel is open. Undefined until the user opens or closes it: the width of the window decides. */
export interface Panel extends Store<boolean | undefined> {
  toggle(): void;
  /** Closes the panel if it lies over the page: something was chosen in it that the page shows. */
  chosen(): void;
  /** Closes the panel if it is open and lies over the page. Returns whether it was. */
  dismiss(): boolean;
}

/** `overlaid`: the media query for widths at which the panel is closed at first. */
export function createPanel(overlaid: string): Panel {
  const store = createStore<boolean | undefined>(undefined);
  const chosen = (): void => {
    if (matchMedia(overlaid).matches) store.set(undefined);
  };
  return {
    ...store,
    chosen,
    dismiss() {
      const wasOpen = store.get() === true;
      chosen();
      return wasOpen && store.get() === undefined;
    },
    toggle: () => store.set(!(store.get() ?? !matchMedia(overlaid).matches)),
  };
}
