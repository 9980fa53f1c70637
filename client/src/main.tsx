import './ui/stand-ins.js';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './ui/tokens.css';
import './ui/base.css';
import './app/frame.css';
import './app/messages.css';
import { EMBEDDED_ID } from '@convscope/shared/export/embedded.js';
import { createRoot } from 'react-dom/client';
import { PAGES, pageOf } from './app/pages.js';
import { redeemToken } from './app/redeem-token.js';
import { Root } from './app/root.js';
import { createLiveSource } from './sources/live-source.js';
import type { Source } from './sources/source.js';
import { exposeDiagnostics } from './ui/diagnostics.js';
import { noteEmbedded } from './ui/embedded.js';
import { ErrorBoundary } from './ui/error-boundary.js';

noteEmbedded(location.hash);
const base = new URL('.', document.baseURI);

// Start loading the page's code before the connection is made. If this fails, the error is shown when the page is opened.
pageOf(PAGES, location.hash)
  .load()
  .catch((error: unknown) => console.error('The code of the page cannot be loaded:', error));
/** A page that was exported holds its log. */
const isExported = document.getElementById(EMBEDDED_ID) !== null;
const element = document.getElementById('root');
if (element === null) throw new Error('The page has no element #root.');
const root = createRoot(element);

exposeDiagnostics();

async function openSource(): Promise<Source> {
  if (isExported) {
    const { createEmbeddedSource } = await import('./sources/file-source/embedded-log.js');
    return createEmbeddedSource();
  }
  await redeemToken(base);
  return createLiveSource({ base });
}

// Not awaited at the top of the module: all pages import its file, and WebKit evaluates modules out of order that are imported
// twice while one that they need awaits.
openSource().then(
  (source) =>
    root.render(
      <ErrorBoundary>
        <Root source={source} pages={PAGES} />
      </ErrorBoundary>,
    ),
  (error: unknown) =>
    root.render(
      <ErrorBoundary>
        <Failure error={error} />
      </ErrorBoundary>,
    ),
);

/** Leaves to the error boundary what it shows. */
function Failure({ error }: { readonly error: unknown }): never {
  throw error;
}
