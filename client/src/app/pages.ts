/** The pages. A new page is a row here and a folder of its own. */
import type { PageRow } from '../pages/page.js';

/** The first is shown when the address names none. */
export const PAGES: readonly PageRow[] = [
  {
    id: 'run',
    name: 'Run',
    icon: 'grid',
    letter: 'r',
    needsRuns: true,
    load: () => import('../pages/run/page.js'),
  },
  {
    id: 'lab',
    name: 'Lab',
    icon: 'lab',
    letter: 'l',
    needsRuns: false,
    load: () => import('../pages/lab/page.js'),
  },
];

/** The page that a hash names; the first when it names none. */
export function pageOf(pages: readonly PageRow[], hash: string): PageRow {
  const id = hash.slice(1).split('?')[0];
  const row = pages.find((one) => one.id === id) ?? pages[0];
  if (row === undefined) throw new Error('There is no page.');
  return row;
}
