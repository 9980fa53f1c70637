import { readFileSync } from 'node:fs';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  INGEST_NAMESPACE,
  type IngestClientEvents,
  type IngestServerEvents,
  LIMITS,
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
} from '@convscope/shared/protocol.js';
import { type Namespace, Server } from 'socket.io';
import { createLogdir, type Logdir, openLocalLogdir } from '../logdir/logdir.js';
import { createAccess, SECURITY_HEADERS } from './access.js';
import { createApi } from './http-api.js';
import { serveIngest } from './ingest-socket.js';
import { createIngestStore, type IngestStore } from './ingest-store.js';
import { serveLive } from './live-socket.js';
import { createStaticFiles } from './static-files.js';

/** Sockets at the same time; a page has one, a sender one. */
const SOCKETS = 256;

export interface HubOptions {
  /** Folder of runs; made when it is missing. */
  readonly logdir: string;
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
  readonly logdir: Logdir;
  /** For spools that are handed over without a socket. */
  readonly ingest: IngestStore;
  /** Ends sockets, the HTTP server and everything that is open. */
  close(): Promise<void>;
}

/**
 * Puts the hub on an HTTP server, which listens already or will. It answers at once; runs appear as they are found.
 */
export async function createHub(httpServer: HttpServer, options: HubOptions): Promise<Hub> {
  const basePath = options.basePath ?? '/';
  if (!/^\/(?:[\w.~-]+\/)*$/.test(basePath)) {
    throw new Error(
      `The base path ${JSON.stringify(basePath)} must begin and end with "/", such as /convscope/.`,
    );
  }
  const port = () => (httpServer.address() as AddressInfo | null)?.port ?? 0;
  const access = createAccess({
    host: options.host,
    allowHosts: options.allowHosts ?? [],
    ingestToken: options.ingestToken,
    viewToken: options.viewToken,
    basePath,
    port,
  });
  const log = options.log ?? ((sentence) => process.stderr.write(`${sentence}\n`));
  const storage = await openLocalLogdir(options.logdir);
  const logdir = createLogdir({
    storage,
    log,
    ...(options.now ? { now: options.now } : {}),
    ...(options.lookEveryMs === undefined ? {} : { lookEveryMs: options.lookEveryMs }),
    ...(options.stateEveryMs === undefined ? {} : { stateEveryMs: options.stateEveryMs }),
  });
  const ingest = createIngestStore({ storage, appended: logdir.nudge, senders: logdir.setSenders });
  const api = createApi({ logdir, access, version: packageVersion() });
  const staticFiles = createStaticFiles(options.clientDirectory);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const stranger = access.refuseStranger(request.headers);
    if (stranger) return refuse(response, stranger.status, stranger.error);
    const [rawPath = '', rawQuery = ''] = (request.url ?? '').split('?', 2);
    if (`${rawPath}/` === basePath) {
      response.writeHead(308, { Location: basePath }).end();
      return;
    }
    if (!rawPath.startsWith(basePath)) return refuse(response, 404, `The hub answers below ${basePath}.`);
    const path = decodePath(rawPath.slice(basePath.length));
    if (path === null) return refuse(response, 400, 'The path is not valid.');
    if (path.startsWith('api/')) return api(request, response, path, new URLSearchParams(rawQuery));
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
      else refuse(response, 500, `The hub failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  httpServer.on('request', onRequest);

  const io = new Server(httpServer, {
    path: `${basePath}socket.io/`,
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: LIMITS.socketBytes,
    connectTimeout: 10_000,
    allowRequest: (request, decide) => {
      const refusal = access.refuseStranger(request.headers) ?? access.refuseForeignPage(request.headers);
      if (refusal) decide(refusal.error, false);
      else if (io.engine.clientsCount >= SOCKETS)
        decide(`The hub has ${SOCKETS} connections already.`, false);
      else decide(null, true);
    },
  });
  io.engine.on('headers', (headers: Record<string, string>) => Object.assign(headers, SECURITY_HEADERS));
  io.use((_socket, next) => next(new Error(`Connect to ${LIVE_NAMESPACE} or ${INGEST_NAMESPACE}.`)));
  serveIngest(
    io.of(INGEST_NAMESPACE) as Namespace<IngestClientEvents, IngestServerEvents>,
    ingest,
    access.isIngestToken,
  );
  const stopLive = serveLive(
    io.of(LIVE_NAMESPACE) as Namespace<LiveClientEvents, LiveServerEvents>,
    logdir,
    access.refuseViewer,
  );

  void logdir.start();

  return {
    get port() {
      return port();
    },
    logdir,
    ingest,
    async close() {
      stopLive();
      httpServer.closeAllConnections();
      await io.close();
      await ingest.closeAll();
      await logdir.close();
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

function packageVersion(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'unknown';
}
