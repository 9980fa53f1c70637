import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/**
 * Who may do what. Other pages in the same browser, names that were re-pointed at this machine (DNS rebinding) and
 * other machines are the strangers; processes of the same user are not. A refusal never repeats what was sent.
 *
 * - Every request names this hub in its Host: localhost, 127.0.0.1 or [::1] on any port, the address it listens on,
 *   or what `allowHosts` lists.
 * - A request that carries an Origin carries the Host's. One without comes from no page (browsers send it with every
 *   socket and every POST), so it is let through: a process that could leave it out could as well forge it.
 * - Beyond loopback everything but the page's own files needs the cookie, which POST api/session gives for the token.
 * - Senders prove themselves by the ingest token, which no page ever sees.
 */
export interface AccessOptions {
  /** Address that the hub listens on. */
  readonly host: string;
  /** Further hosts, `name` (any port) or `name:port`. */
  readonly allowHosts: readonly string[];
  readonly ingestToken: string;
  /** What a viewer beyond loopback must show for the cookie. Required when `host` is not loopback. */
  readonly viewToken?: string | undefined;
  /** Whether nobody may change anything. */
  readonly readOnly?: boolean | undefined;
  /** Begins and ends with `/`. */
  readonly basePath: string;
  /** The port is in the cookie's name: cookies are shared by all ports of a host. */
  readonly port: () => number;
}

export interface Refusal {
  readonly status: number;
  readonly error: string;
}

export interface Access {
  /** Whether viewing needs the cookie. */
  readonly guarded: boolean;
  /** Host and Origin; null when they are right. */
  refuseStranger(request: IncomingMessage): Refusal | null;
  /** For what only our own page and programs may ask: null when this is not a foreign page's request. */
  refuseForeignPage(headers: IncomingHttpHeaders): Refusal | null;
  /** null when this request may see runs. */
  refuseViewer(headers: IncomingHttpHeaders): Refusal | null;
  hasCookie(headers: IncomingHttpHeaders): boolean;
  /** null when this request may change what is said of runs, and delete them: it has the cookie, and the hub is not read-only. */
  refuseControl(headers: IncomingHttpHeaders): Refusal | null;
  /** Whether the hub lets nobody change anything. */
  readonly isReadOnly: boolean;
  /** Whether the request shows the ingest token, as `Authorization: Bearer`. */
  isSender(headers: IncomingHttpHeaders): boolean;
  isIngestToken(token: string): boolean;
  isViewToken(token: string): boolean;
  setCookie(request: IncomingMessage, response: ServerResponse): void;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function createAccess(options: AccessOptions): Access {
  const guarded = !isLoopback(options.host);
  if (guarded && !options.viewToken) {
    throw new Error(
      `Listening on ${options.host}, beyond this machine, needs a token for viewers; none was given.`,
    );
  }
  const allowed = new Set([options.host, ...options.allowHosts].map((host) => host.toLowerCase()));
  // Stable over restarts of the hub, so that open pages go on; says nothing about the token itself.
  const cookieValue = createHmac('sha256', options.viewToken ?? options.ingestToken)
    .update('convscope control cookie')
    .digest('base64url');
  const cookieName = () => `convscope-${options.port()}`;

  function isOurHost(host: string): boolean {
    const match = /^(\[[0-9a-f:.]+\]|[^:[\]/\s@]+)(?::(\d{1,5}))?$/i.exec(host);
    if (!match) return false;
    const name = match[1]!.toLowerCase();
    return (
      name === 'localhost' ||
      name === '127.0.0.1' ||
      name === '[::1]' ||
      allowed.has(name) ||
      allowed.has(host.toLowerCase()) ||
      allowed.has(name.replace(/^\[|\]$/g, ''))
    );
  }

  function hasCookie(headers: IncomingHttpHeaders): boolean {
    const wanted = `${cookieName()}=`;
    for (const part of (headers.cookie ?? '').split(';')) {
      const cookie = part.trim();
      if (cookie.startsWith(wanted) && sameText(cookie.slice(wanted.length), cookieValue)) return true;
    }
    return false;
  }

  return {
    guarded,

    refuseStranger({ headers: { host, origin }, headersDistinct }) {
      // Of two Hosts, a proxy and this hub might believe different ones.
      if (host === undefined || !isOurHost(host) || headersDistinct.host?.length !== 1) {
        return {
          status: 403,
          error:
            'The Host of this request is not one that this hub answers to. Start the hub with --allow-host to add it.',
        };
      }
      if (origin !== undefined && originHost(origin) !== host.toLowerCase()) {
        return {
          status: 403,
          error: 'Requests from another origin are refused: this hub answers its own page only.',
        };
      }
      return null;
    },

    refuseForeignPage(headers) {
      const site = headers['sec-fetch-site'];
      if (site === undefined || site === 'same-origin' || site === 'none') return null;
      return {
        status: 403,
        error: 'Requests from another site are refused: this hub answers its own page only.',
      };
    },

    refuseViewer(headers) {
      if (!guarded || hasCookie(headers)) return null;
      return {
        status: 401,
        error:
          'This hub listens beyond its own machine: open the whole URL that it printed, with its #token.',
      };
    },

    hasCookie,
    isReadOnly: options.readOnly === true,
    refuseControl(headers) {
      if (options.readOnly === true) {
        return {
          status: 403,
          error:
            'This hub was started with --read-only: it changes nothing. Start it without to change runs.',
        };
      }
      if (hasCookie(headers)) return null;
      return {
        status: 401,
        error: 'Only the page of this hub may change runs: open it, and try again there.',
      };
    },
    isSender({ authorization = '' }) {
      const token = /^Bearer ([\w-]{1,256})$/.exec(authorization)?.[1];
      return token !== undefined && sameText(token, options.ingestToken);
    },
    isIngestToken: (token) => sameText(token, options.ingestToken),
    isViewToken: (token) => options.viewToken !== undefined && sameText(token, options.viewToken),

    setCookie(request, response) {
      const secure = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https';
      response.appendHeader(
        'Set-Cookie',
        `${cookieName()}=${cookieValue}; HttpOnly; SameSite=Strict; Path=${options.basePath}${secure ? '; Secure' : ''}`,
      );
    },
  };
}

/** On every answer. The page needs nothing but its own files and sockets, and plays sounds that it has read from logs. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
    "media-src 'self' blob:",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The headers of the page itself, which the pages of these origins may show in a frame. */
export function pageHeaders(allowEmbedding: readonly string[]): Readonly<Record<string, string>> {
  if (allowEmbedding.length === 0) return SECURITY_HEADERS;
  const policy = SECURITY_HEADERS['Content-Security-Policy'] ?? '';
  return {
    ...SECURITY_HEADERS,
    'Content-Security-Policy': policy.replace(
      "frame-ancestors 'none'",
      `frame-ancestors 'self' ${allowEmbedding.join(' ')}`,
    ),
  };
}

/** `host[:port]` of an origin, as a Host header would name it; empty for `null` and for what is not an origin. */
function originHost(origin: string): string {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return '';
  }
}

/** Takes the same time wherever the texts differ, and whatever their lengths. */
function sameText(given: string, wanted: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
