/**
 * Loads the code of the page that the address names, and what the page asks the hub for first, beside the code that all pages
 * share: without it, the browser learns of them only when that code runs. The hash of an address does not reach the hub, so a
 * small script looks at it. The script is not async, since browsers would fetch it after everything else.
 */
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import type { Plugin, Rolldown } from 'vite';

const PAGE = /\/pages\/([\w-]+)\/page\.tsx$/;
/** The page of an address that names none: the first row of `src/app/pages.ts`. */
const FIRST_PAGE = 'run';
/** What pages ask for as soon as they are opened, with GET and without a query. */
const ASKED_FIRST: Readonly<Record<string, readonly string[]>> = { scalars: [API.listing] };
/** What the source of every page asks for. */
const ASKED_BY_ALL: readonly string[] = [HTTP.runs];

export function preloadPlugin(): Plugin {
  return {
    name: 'convscope:preload',
    // Not where one module is built for Node.
    apply: ({ build }, { command }) => command === 'build' && !build?.ssr,
    // After Vite has added index.html to the bundle.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const index = bundle['index.html'];
      if (index?.type !== 'asset') this.error('There is no index.html.');
      const html = String(index.source);
      const pages = filesOfPages(bundle, (file) => html.includes(`./${file}`));
      if (pages[FIRST_PAGE] === undefined) this.error(`There is no page "${FIRST_PAGE}".`);
      const script = this.emitFile({ type: 'asset', name: 'preload.js', source: scriptFor(pages) });
      index.source = html.replace(
        '<script type="module"',
        `<script src="./${this.getFileName(script)}"></script>\n    $&`,
      );
    },
  };
}

/** The files that each page needs and that the index does not name. */
function filesOfPages(
  bundle: Rolldown.OutputBundle,
  isNamed: (file: string) => boolean,
): Record<string, readonly string[]> {
  const chunks = Object.values(bundle).filter((part): part is Rolldown.OutputChunk => part.type === 'chunk');
  const chunkOf = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const pages: Record<string, readonly string[]> = {};
  for (const { fileName, facadeModuleId } of chunks) {
    const id = PAGE.exec(facadeModuleId ?? '')?.[1];
    if (id === undefined) continue;
    const scripts = new Set([fileName]);
    const styles = new Set<string>();
    for (const file of scripts) {
      const chunk = chunkOf.get(file);
      for (const one of chunk?.imports ?? []) if (!isNamed(one)) scripts.add(one);
      for (const one of chunk?.viteMetadata?.importedCss ?? []) styles.add(one);
    }
    pages[id] = [...scripts, ...styles];
  }
  return pages;
}

function scriptFor(pages: Record<string, readonly string[]>): string {
  return `(() => {
  const pages = ${JSON.stringify(pages)};
  const asked = ${JSON.stringify(ASKED_FIRST)};
  const named = location.hash.slice(1).split('?')[0];
  const id = Object.hasOwn(pages, named) ? named : '${FIRST_PAGE}';
  const load = (rel, as, href) => document.head.append(Object.assign(document.createElement('link'), { rel, as, href, crossOrigin: '' }));
  // An address with a token is to be redeemed first.
  if (!named.startsWith('token=')) for (const address of [...${JSON.stringify(ASKED_BY_ALL)}, ...(asked[id] ?? [])])
    load('preload', 'fetch', address);
  for (const file of pages[id])
    if (file.endsWith('.css')) load('preload', 'style', file);
    else load('modulepreload', 'script', file);
})();
`;
}
