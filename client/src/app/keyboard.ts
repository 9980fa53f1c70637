/** Keys that do the same on every page. */
import type { KeyHelp, PageRow } from '../pages/page.js';
import { isForPage } from '../ui/keys.js';

/** How long after G a letter opens a page. */
const GO_MS = 1500;

export interface GlobalActions {
  readonly toggleTheme: () => void;
  readonly toggleHelp: () => void;
  readonly goTo: (page: PageRow) => void;
}

/** The handler returns true when it has handled the key. */
export function createGlobalKeys(
  pages: readonly PageRow[],
  actions: GlobalActions,
): (event: KeyboardEvent) => boolean {
  let goUntil = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (!isForPage(event)) return false;
    const key = event.key.toLowerCase();
    if (event.timeStamp < goUntil && key !== 'shift') {
      goUntil = Number.NEGATIVE_INFINITY;
      const page = pages.find(({ letter }) => letter === key);
      if (page !== undefined) {
        actions.goTo(page);
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

export function globalKeyHelp(pages: readonly PageRow[]): readonly KeyHelp[] {
  return [
    ...pages.map(({ letter, name }): KeyHelp => [['G', letter.toUpperCase()], `${name.toLowerCase()} page`]),
    [['T'], 'theme'],
    [['?'], 'this help'],
  ];
}
