/** The pages that exist. A new page is an entry here and a case in app.tsx. */

import { hashFromView, type ViewState } from '../pages/run/state/view-state.js';
import type { IconName } from '../ui/icons.js';

export const PAGES = [
  { id: 'run', name: 'Run', icon: 'grid' },
  { id: 'lab', name: 'Lab', icon: 'lab' },
] as const satisfies readonly {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
}[];

export type Page = (typeof PAGES)[number]['id'];

/** Where a page is. Coming back to the run finds it as it was left. */
export function hrefOf(page: Page, view: ViewState): string {
  return page === 'run' ? hashFromView(view) : `#${page}`;
}

/** The page that a hash names; the run page when it names none. */
export function pageOf(hash: string): Page {
  const name = hash.slice(1).split('?')[0];
  return PAGES.find(({ id }) => id === name)?.id ?? 'run';
}
