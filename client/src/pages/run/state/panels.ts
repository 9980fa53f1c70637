/** The panels at both sides of the page. */
import { createStore, type Store } from '../../../ui/store.js';

/** Widths at which a panel lies over the page, and is closed until somebody opens it. */
export const RAIL_OVERLAID = '(max-width: 999px)';
export const INSPECTOR_OVERLAID = '(max-width: 1199px)';

/** Whether a panel is open; undefined while nobody has opened or closed it: the width decides then. */
export interface Panel extends Store<boolean | undefined> {
  toggle(): void;
}

/** `overlaid`: the media query for widths at which it is closed to begin with. */
export function createPanel(overlaid: string): Panel {
  const store = createStore<boolean | undefined>(undefined);
  return {
    ...store,
    toggle: () => store.set(!(store.get() ?? !matchMedia(overlaid).matches)),
  };
}
