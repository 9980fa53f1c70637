import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '@convscope/shared/message-of.js';
import type { FollowedLogdir } from '../logdir/logdir.js';
import { packageVersion } from '../machine/package-version.js';
import { printable } from '../machine/printable.js';
import type { LogStorage } from '../storage/storage.js';
import { createAccess, SECURITY_HEADERS } from './http/access.js';
import { createStaticFiles } from './http/static-files.js';
import type { IngestStore } from './ingest/ingest-store.js';

export interface HubOptions {
  /** Where the runs lie. The hub closes it. */
  readonly storage: LogStorage;
  /** The built page. */
  readonly clientDirectory: string;
  /** Address that the server listens on, or will. Beyond loopback, viewers need the token. */
  readonly host: string;
  readonly ingestToken: string;
  readonly viewToken?: string | undefined;
  readonly allowHosts?: readonly string[] | undefined;
  /** Begins and ends with `/`. */
  readonly basePath?: string | undefined;
  /** Sentences for the terminal. */
  readonly log?: ((sentence: string) => void) | undefined;
  /** Seconds since the epoch; for tests. */
  readonly now?: (() => number) | undefined;
  /** See LogdirOptions. */
  readonly lookEveryMs?: number | undefined;
  readonly stateEveryMs?: number | undefined;
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
  if (/^\/(?:[\w.~-]+\/)*$/.test(basePath)) return;
  throw new Error(
    `The base path ${JSON.stringify(basePath)} must begin and end with "/" and hold only letters, digits and . _ ~ -, such as /convscope/.`,
  );
}

/**
 * Puts the hub on an HTTP server, which listens already or will. The page is served from the moment of the call,
 * before the promise resolves; runs appear as they are found.
 */
export async function createHub(httpServer: HttpServer, options: HubOptions): Promise<Hub> {
  const basePath = options.basePath ?? '/';
  checkBasePath(basePath);
  const port = () => (httpServer.address() as AddressInfo | null)?.port ?? 0;
  const access = createAccess({
    host: options.host,
    allowHosts: options.allowHosts ?? [],
    ingestToken: options.ingestToken,
    viewToken: options.viewToken,
    basePath,
    port,
  });
  const staticFiles = createStaticFiles(options.clientDirectory);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const stranger = access.refuseStranger(request);
    if (stranger) return refuse(response, stranger.status, stranger.error);
    const [rawPath = ''] = request.url?.split('?', 1) ?? [];
    if (`${rawPath}/` === basePath) {
      response.writeHead(308, { Location: basePath }).end();
      return;
    }
    if (!rawPath.startsWith(basePath)) return refuse(response, 404, `The hub answers below ${basePath}.`);
    const path = decodePath(rawPath.slice(basePath.length));
    if (path === null) return refuse(response, 400, 'The path is not valid.');
    if (path.startsWith('api/')) return (await loading).api(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, `${request.method} is not what a page takes.`);
    }
    // Whoever may look without asking gets the cookie for control with the page.
    await staticFiles(request, response, path, () => {
      if (!access.guarded) access.setCookie(request, response);
    });
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `The hub failed: ${messageOf(error)}`);
    });
  };
  httpServer.on('request', onRequest);

  // A socket that comes before the core is there waits for it.
  const early: [IncomingMessage, Duplex, Buffer][] = [];
  const onEarlyUpgrade = (...upgrade: [IncomingMessage, Duplex, Buffer]) => void early.push(upgrade);
  httpServer.on('upgrade', onEarlyUpgrade);

  const loading = (async () => {
    const { createHubCore } = await import('./hub-core.js');
    const log = options.log ?? ((sentence: string) => process.stderr.write(`${printable(sentence)}\n`));
    const core = createHubCore(httpServer, {
      ...options,
      access,
      basePath,
      log,
      version: packageVersion(),
    });
    httpServer.off('upgrade', onEarlyUpgrade);
    for (const upgrade of early) httpServer.emit('upgrade', ...upgrade);
    return core;
  })();
  const core = await loading;

  return {
    get port() {
      return port();
    },
    logdir: core.logdir,
    ingest: core.ingest,
    async close() {
      httpServer.closeAllConnections();
      await core.close();
    },
  };
}

function refuse(response: ServerResponse, status: number, error: string): void {
  const body = Buffer.from(JSON.stringify({ error }));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}
