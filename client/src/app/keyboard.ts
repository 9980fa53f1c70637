/** Keys of every page. */
import { isForPage } from '../ui/keys.js';

import { PAGES, type Page } from './pages.js';

/** How long after G a letter still names a page. */
const GO_MS = 1500;

export interface GlobalActions {
  readonly toggleTheme: () => void;
  readonly toggleHelp: () => void;
  readonly goTo: (page: Page) => void;
}

/** Keys that do the same on every page. The answer is true when the key did something. */
export function createGlobalKeys(actions: GlobalActions): (event: KeyboardEvent) => boolean {
  let goUntil = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (!isForPage(event)) return false;
    const key = event.key.toLowerCase();
    if (event.timeStamp < goUntil && key !== 'shift') {
      goUntil = Number.NEGATIVE_INFINITY;
      const page = PAGES.find(({ id }) => id.startsWith(key));
      if (page !== undefined) {
        actions.goTo(page.id);
        return true;
      }
    }
    if (key === 'g') goUntil = event.timeStamp + GO_MS;
    else if (key === '?') actions.toggleHelp();
    else if (key === 't') actions.toggleTheme();
    else return false;
    return true;
  };
}
