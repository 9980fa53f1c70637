/** Which modules the build puts together into one file. */
import { fileURLToPath } from 'node:url';
import { normalizePath, type Rolldown } from 'vite';

/** Pages of cards, and what they show beside: they share none of the maps. */
const CARDS = [
  ...['scalars', 'distributions', 'text', 'images', 'hparams', 'other', 'summary'].map(
    (id) => `pages/${id}/page.tsx`,
  ),
  'runs/table/wide-rows.tsx',
  'runs/table/table-options.tsx',
];
const RUN_PAGE = 'pages/run/page.tsx';
const LAB = 'pages/lab/page.tsx';
const COMPARE = 'pages/compare/page.tsx';
/** What the run page shows as soon as it has maps. */
const RUN_PARTS = ['pages/run/panes.tsx', 'pages/run/inspector/inspector.tsx', 'pages/run/ask/ask-panel.tsx'];
/** Chart.js is in there, which is large and which not all pages of cards need. */
const CHART = 'charts/line-chart.ts';

/**
 * Without groups, the modules that the same parts of the app share are a file of their own, however small: the run page alone
 * was 26 files. A browser takes about 10 ms for each file, and small ones compress worse. A group holds modules that several
 * parts share. No group adds to the first load of the run page what it does not need; other pages load up to 20 kB (compressed)
 * more for fewer files.
 */
export function chunkGroups(): Rolldown.CodeSplittingGroup[] {
  return [
    { name: 'base', tags: ['$initial'] },
    { name: 'common', minShareCount: 7 },
    group('run-and-cards', (needs) => needs(RUN_PAGE) && CARDS.some(needs)),
    group('run-and-lab', (needs) => needs(RUN_PAGE) && needs(LAB)),
    group('run', (needs) => needs(RUN_PAGE) && [COMPARE, ...RUN_PARTS].some(needs)),
    group('cards-and-parts', (needs) => CARDS.some(needs) && RUN_PARTS.some(needs)),
    group('cards', (needs) => CARDS.some(needs) && !needs(CHART), 2),
    group('lab-and-parts', (needs) => needs(LAB) && RUN_PARTS.some(needs)),
    group('run-parts', (needs) => RUN_PARTS.some(needs) && !needs(CHART), 2),
  ];
}

/**
 * Modules for which `isIn` holds; `needs` tells whether a module imports the one in question.
 * @param minShareCount how many parts that are loaded by themselves share each of them. Parts that only the run page loads do not
 * count beside it, as it was loaded before.
 */
function group(
  name: string,
  isIn: (needs: (module: string) => boolean) => boolean,
  minShareCount = 1,
): Rolldown.CodeSplittingGroup {
  const needed = new Map<string, ReadonlySet<string>>();
  return {
    name(id, context) {
      const needs = (module: string) => {
        const ids = needed.get(module) ?? importedBy(module, context);
        needed.set(module, ids);
        return ids.has(id);
      };
      return isIn(needs) ? name : null;
    },
    debugName: name,
    minShareCount,
  };
}

/** The ids of a module, given by its path in `src`, and of all that it imports, dynamic imports apart. */
function importedBy(module: string, context: Rolldown.ChunkingContext): ReadonlySet<string> {
  const ids = new Set([normalizePath(fileURLToPath(new URL(`./src/${module}`, import.meta.url)))]);
  for (const id of ids) {
    const info = context.getModuleInfo(id);
    if (info === null) throw new Error(`The build has no module ${id}.`);
    for (const imported of info.importedIds) ids.add(imported);
  }
  return ids;
}
