import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './ui/tokens.css';
import './ui/base.css';
import './app/frame.css';
import './pages/run/rail.css';
import './pages/run/timeline/timeline.css';
import './pages/run/grids/panes.css';
import './pages/run/inspector/inspector.css';
import './app/messages.css';
import './pages/run/narrow.css';
import { HTTP } from '@convscope/shared/protocol/live.js';
import { createRoot } from 'react-dom/client';
import { AppView } from './app/app.js';
import { createWorkerDecoder } from './decode/decoder.js';
import { App } from './pages/run/state/run-page-state.js';
import { createLiveSource } from './sources/live-source.js';
import { exposeDiagnostics } from './ui/diagnostics.js';

const base = new URL('.', document.baseURI);

/** Beyond loopback the printed address ends in #token=…: it buys the cookie, and is taken out of the address. */
async function redeemToken(): Promise<void> {
  const token = /^#token=([^&?]+)/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, '', '#run');
  const response = await fetch(new URL(HTTP.session, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: decodeURIComponent(token) }),
  });
  if (!response.ok)
    console.error(`The hub does not take the token of this address: it answered ${response.status}.`);
}

await redeemToken();
exposeDiagnostics();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');
createRoot(root).render(<AppView app={new App(createLiveSource({ base }), createWorkerDecoder())} />);
