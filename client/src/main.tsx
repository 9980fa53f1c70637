import './ui/stand-ins.js';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './ui/tokens.css';
import './ui/base.css';
import './app/frame.css';
import './app/messages.css';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { createRoot } from 'react-dom/client';
import { AppView } from './app/app.js';
import { PAGES, pageOf } from './app/pages.js';
import { Runs } from './runs/runs.js';
import { createLiveSource } from './sources/live-source.js';
import { replaceHash } from './ui/address-bar.js';
import { exposeDiagnostics } from './ui/diagnostics.js';

const base = new URL('.', document.baseURI);

/**
 * A hub that is reachable from other machines prints a URL that ends in #token=…. Exchanges the token for a cookie, and
 * removes it from the address.
 */
async function redeemToken(): Promise<void> {
  const token = /^#token=([^&?]+)/.exec(location.hash)?.[1];
  if (token === undefined) return;
  replaceHash('#run');
  const response = await fetch(new URL(HTTP.session, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: decodeURIComponent(token) }),
  });
  if (!response.ok)
    console.error(`The hub does not take the token of this address: it answered ${response.status}.`);
}

// Start loading the page's code before the connection is made. If this fails, the error is shown when the page is opened.
pageOf(PAGES, location.hash)
  .load()
  .catch((error: unknown) => console.error('The code of the page cannot be loaded:', error));
await redeemToken();
exposeDiagnostics();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');
createRoot(root).render(<AppView runs={new Runs(createLiveSource({ base }))} pages={PAGES} />);
