import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '@convscope/shared/message-of.js';
import { printable } from '@convscope/shared/printable.js';
import type { FollowedLogdir } from '../logdir/logdir.js';
import { codeOf } from '../machine/error-code.js';
import { packageVersion } from '../machine/package-version.js';
import type { LogStorage } from '../storage/storage.js';
import { createAccess, pageHeaders, type Refusal } from './http/access.js';
import { limitConnections } from './http/connection-limits.js';
import { oneAtATime } from './http/one-at-a-time.js';
import { refuse, refuseConnection } from './http/refuse.js';
import { createStaticFiles } from './http/static-files.js';
import { takeTurns } from './http/take-turns.js';
import type { IngestStore } from './ingest/ingest-store.js';
import { loadCore } from './load-core.js';

export interface HubOptions {
  /** Where the runs lie. The hub closes it. */
  readonly storage: LogStorage;
  /** The built page. */
  readonly clientDirectory: string;
  /** Address that the server listens on, or will. Beyond loopback, viewers need the token. */
  readonly host: string;
  readonly ingestToken: string;
  readonly viewToken?: string | undefined;
  /** Whether nobody may label, archive or delete runs. */
  readonly readOnly?: boolean | undefined;
  readonly allowHosts?: readonly string[] | undefined;
  /** Origins whose pages may show the page in a frame. */
  readonly allowEmbedding?: readonly string[] | undefined;
  /** Begins and ends with `/`. */
  readonly basePath?: string | undefined;
  /** Sentences for the terminal. */
  readonly log?: ((sentence: string) => void) | undefined;
  /** Seconds since the epoch; for tests. */
  readonly now?: (() => number) | undefined;
  /** See `logdir-options.ts`. */
  readonly lookEveryMs?: number | undefined;
  readonly indexDirectory?: string | undefined;
  readonly stateEveryMs?: number | undefined;
  /** Where alerts of runs are sent, and the key that signs them. */
  readonly alertWebhook?: { readonly url: string; readonly secret: string } | undefined;
}

export interface Hub {
  readonly port: number;
  readonly logdir: FollowedLogdir;
  /** For spools that are handed over without a socket. */
  readonly ingest: IngestStore;
  /** Ends sockets, the HTTP server and everything that is open. */
  close(): Promise<void>;
}

/** @throws Error with a sentence when it is not a path that begins and ends with `/`. */
export function checkBasePath(basePath: string): void {
  // Browsers take . and .. out of a path.
  if (/^\/(?:(?!\.\.?\/)[\w.~-]+\/)*$/.test(basePath)) return;
  throw new Error(
    `The base path ${JSON.stringify(basePath)} must begin and end with "/" and hold only letters, digits and . _ ~ -, and no part that is . or .., such as /convscope/.`,
  );
}

/**
 * Puts the hub on an HTTP server, which listens already or will. The page is served from the moment of the call,
 * before the promise resolves; runs appear as they are found.
 */
export async function createHub(httpServer: HttpServer, options: HubOptions): Promise<Hub> {
  const basePath = options.basePath ?? '/';
  checkBasePath(basePath);
  const socketPath = `${basePath}socket.io/`;
  const port = () => (httpServer.address() as AddressInfo | null)?.port ?? 0;
  const access = createAccess({
    host: options.host,
    allowHosts: options.allowHosts ?? [],
    ingestToken: options.ingestToken,
    viewToken: options.viewToken,
    readOnly: options.readOnly,
    basePath,
    port,
  });
  const staticFiles = createStaticFiles(options.clientDirectory);
  const log = options.log ?? ((sentence: string) => process.stderr.write(`${printable(sentence)}\n`));
  const limits = limitConnections(httpServer, log);
  const meet = ({ socket, headers }: IncomingMessage): void => {
    if (limits.isStranger(socket) && (access.hasCookie(headers) || access.isSender(headers)))
      limits.trust(socket);
  };
  const headersOfPage = pageHeaders(options.allowEmbedding ?? []);
  let pagesBeingSent = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(headersOfPage)) response.setHeader(name, value);
    const stranger = access.refuseStranger(request);
    if (stranger) return refuse(response, stranger);
    const [rawPath = ''] = request.url?.split('?', 1) ?? [];
    if (`${rawPath}/` === basePath) {
      response.writeHead(308, { Location: basePath }).end();
      return;
    }
    if (!rawPath.startsWith(basePath)) {
      return refuse(response, { status: 404, error: `The hub answers below ${basePath}.` });
    }
    if (rawPath.startsWith(socketPath)) {
      return refuse(response, { status: 400, error: 'The hub takes WebSockets here, and nothing else.' });
    }
    const path = decodePath(rawPath.slice(basePath.length));
    if (path === null) return refuse(response, { status: 400, error: 'The path is not valid.' });
    if (path.startsWith('api/')) return (await loading).api(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, { status: 405, error: 'A page is asked for with GET or HEAD.' });
    }
    // Whoever may look without asking gets the cookie for control with the page.
    pagesBeingSent++;
    try {
      await staticFiles(request, response, path, () => {
        if (!access.guarded) access.setCookie(request, response);
      });
    } finally {
      pagesBeingSent--;
    }
  };
  httpServer.on(
    'request',
    oneAtATime(
      takeTurns(httpServer, (request, response) => {
        meet(request);
        answer(request, response).catch((error: unknown) => {
          if (response.headersSent) response.destroy();
          else refuse(response, { status: 500, error: `The hub failed: ${messageOf(error)}` });
        });
      }),
    ),
  );
  httpServer.on('checkExpectation', (_request, response) => {
    refuse(response, { status: 417, error: 'The hub does not do what the Expect header asks for.' });
  });
  httpServer.on('clientError', (error, connection) => {
    refuseConnection(connection, unreadable(codeOf(error)));
  });
  // A socket that comes before the core is there waits for it.
  httpServer.on('upgrade', (request, connection, head) => {
    connection.on('error', () => connection.destroy());
    meet(request);
    const refusal = access.refuseStranger(request) ?? access.refuseForeignPage(request.headers);
    if (refusal) return refuseConnection(connection, refusal);
    if (request.url?.split('?', 1)[0] !== socketPath) {
      return refuseConnection(connection, { status: 404, error: `WebSockets connect to ${socketPath}.` });
    }
    loading.then(
      (core) => core.upgrade(request, connection, head),
      () => connection.destroy(),
    );
  });
  const { trust } = limits;
  const loading = loadCore(
    () => pagesBeingSent > 0,
    { ...options, log },
    { ...options, access, basePath, socketPath, trust, version: packageVersion() },
  );
  const core = await loading;

  return {
    get port() {
      return port();
    },
    logdir: core.logdir,
    ingest: core.ingest,
    async close() {
      const closed = new Promise((resolve) => httpServer.close(resolve));
      httpServer.closeAllConnections();
      await core.close();
      await closed;
    },
  };
}

/** What is said of a request that Node's parser refuses. */
function unreadable(code: string): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return { status: 431, error: 'The headers of the request are too large.' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, error: 'The request did not come in time.' };
  return { status: 400, error: 'The request is not valid HTTP.' };
}

function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}
