/** Finds out why no WebSocket opens while the hub may be there. */
import { API } from '@convscope/shared/protocol/addresses.js';

/** A hub that is there answers sooner. */
const CHECK_MS = 5_000;

export const NO_WEBSOCKET =
  'This browser offers no WebSocket, by which the hub sends the runs: it may be turned off or blocked. Use another browser.';
export const BLOCKED =
  'The hub answers over HTTP, but WebSockets, by which it sends the runs, do not pass: a proxy or firewall between this ' +
  'browser and the hub stops them. Let the proxy pass on the headers Upgrade and Connection (nginx: proxy_http_version ' +
  '1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";), or open the address of the hub ' +
  'itself. This page goes on by itself as soon as one passes; the lab works without.';
export const CUT =
  'The hub answers over HTTP, but each WebSocket, by which it sends the runs, is cut shortly after it has opened: by a ' +
  'proxy or firewall between this browser and the hub, or by the hub, whose terminal then says why. Open the address of ' +
  'the hub itself, or let the proxy keep WebSockets open.';

export const NO_HUB =
  'This is a copy of the page without a hub: its server has no runs to show. Open event files from this computer; they ' +
  'are read here and not uploaded.';

/** What a static server says to a POST: not found, not allowed, not implemented. */
const NO_SUCH_ADDRESS: ReadonlySet<number> = new Set([404, 405, 501]);

/** How many attempts in a row must fail before it is said why: a hub that starts again answers HTTP a moment earlier. */
const BLOCKED_AFTER = 2;
const CUT_AFTER = 3;
/** A connection that lasted longer was not cut for being one. */
export const LASTING_MS = 10_000;

/** Judges why connections fail, one attempt after another. */
export class SocketCheck {
  readonly #base: URL;
  /** Attempts in a row that opened no connection, and connections in a row that were soon cut. */
  #failed = 0;
  #cut = 0;
  #openedAt: number | undefined;

  constructor(base: URL) {
    this.#base = base;
  }

  opened(): void {
    this.#openedAt = performance.now();
    this.#failed = 0;
  }

  /** An attempt has failed or a connection was lost. Resolves to what the page says then, if more than that it is lost. */
  async lost(): Promise<string | undefined> {
    const openedAt = this.#openedAt;
    this.#openedAt = undefined;
    if (openedAt === undefined) this.#failed++;
    else this.#cut = performance.now() - openedAt < LASTING_MS ? this.#cut + 1 : 0;
    const why = this.#failed >= BLOCKED_AFTER ? BLOCKED : this.#cut >= CUT_AFTER ? CUT : undefined;
    const said = await askByHttp(this.#base);
    if (said === NO_HUB) return NO_HUB;
    if (said === undefined) {
      this.#failed = 0;
      this.#cut = 0;
      return undefined;
    }
    return said === '' ? why : said;
  }
}

/**
 * What the hub says to a request that carries this page's Origin, as a WebSocket's does: undefined if nothing that is a hub
 * answers, an empty text if it answers this page, NO_HUB if a server without a hub does, and otherwise the sentence with
 * which it refuses it.
 */
async function askByHttp(base: URL): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(API.values, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ runs: [], tags: [], at: 0 }),
      signal: AbortSignal.timeout(CHECK_MS),
    });
    if (NO_SUCH_ADDRESS.has(response.status) && !isJson(response)) return NO_HUB;
    const answer: unknown = await response.json();
    if (typeof answer !== 'object' || answer === null) return undefined;
    if ('values' in answer) return '';
    return 'error' in answer && typeof answer.error === 'string' ? answer.error : undefined;
  } catch {
    // Nothing answers, or a proxy says in HTML that nothing does.
    return undefined;
  }
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.includes('json') === true;
}
