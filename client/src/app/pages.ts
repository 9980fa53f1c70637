/** The registry of pages. To add a page, add a row here and a folder under `pages/`. */
import type { PageRow } from '../pages/page.js';

/** The first one is shown when the address names no page. */
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
    id: 'scalars',
    name: 'Scalars',
    icon: 'chart',
    letter: 's',
    needsRuns: true,
    load: () => import('../pages/scalars/page.js'),
  },
  {
    id: 'images',
    name: 'Images',
    icon: 'picture',
    letter: 'i',
    needsRuns: true,
    load: () => import('../pages/images/page.js'),
  },
  {
    id: 'distributions',
    name: 'Distributions',
    icon: 'distributions',
    letter: 'd',
    needsRuns: true,
    load: () => import('../pages/distributions/page.js'),
  },
  {
    id: 'text',
    name: 'Text',
    icon: 'text',
    letter: 't',
    needsRuns: true,
    load: () => import('../pages/text/page.js'),
  },
  {
    id: 'hparams',
    name: 'HParams',
    icon: 'hparams',
    letter: 'h',
    needsRuns: true,
    load: () => import('../pages/hparams/page.js'),
  },
  {
    id: 'summary',
    name: 'Summary',
    icon: 'list',
    letter: 'm',
    needsRuns: true,
    load: () => import('../pages/summary/page.js'),
  },
  {
    id: 'other',
    name: 'Other',
    icon: 'more',
    letter: 'o',
    needsRuns: true,
    load: () => import('../pages/other/page.js'),
  },
  {
    id: 'compare',
    name: 'Compare',
    icon: 'compare',
    letter: 'c',
    needsRuns: true,
    load: () => import('../pages/compare/page.js'),
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

/** The page that a hash names, or the first one when it names no page. */
export function pageOf(pages: readonly PageRow[], hash: string): PageRow {
  const id = hash.slice(1).split('?')[0];
  const row = pages.find((one) => one.id === id) ?? pages[0];
  if (row === undefined) throw new Error('There is no page.');
  return row;
}
