/**
 * The development server keeps the hub's rules: who may ask (`server/src/hub/http/access.ts`), and the headers of every
 * answer. Only the Content-Security-Policy is wider, since Vite puts scripts and styles into the page itself.
 */
import type { Connect, Plugin } from 'vite';

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function devRulesPlugin(): Plugin {
  return {
    name: 'convscope:dev-rules',
    apply: 'serve',
    configureServer({ middlewares }) {
      // Before Vite's own, which answer some requests at once.
      middlewares.stack.unshift({ route: '', handle: keepRules });
    },
  };
}

const keepRules: Connect.NextHandleFunction = (request, response, next) => {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const refusal = refuse(request);
  if (refusal === null) return next();
  response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${refusal}\n`);
};

/** Null for a request of our own page, or of a program of this machine. */
function refuse({ headers, headersDistinct }: Connect.IncomingMessage): string | null {
  const { host, origin } = headers;
  if (
    headersDistinct.host?.length !== 1 ||
    !/^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
  )
    return 'The development server answers to localhost only.';
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign = site !== 'none' && site !== 'same-origin' && !isNavigation;
  if (isForeign || (origin !== undefined && origin !== `http://${host}`))
    return 'The development server answers its own page only.';
  return null;
}
