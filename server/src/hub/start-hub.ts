import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DEFAULT_PORT } from '@convscope/shared/protocol/limits.js';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { codeOf } from '../machine/error-code.js';
import type { LogdirPlace } from '../storage/logdir-place.js';
import { openLogdir } from '../storage/open-logdir.js';
import { checkWebhook } from './alerts/check-webhook.js';
import { isLoopback } from './http/access.js';
import { createServer } from './http/node-http.js';
import { checkBasePath, createHub } from './hub.js';
import type { IngestStore } from './ingest/ingest-store.js';
import { ingestTokenIfPossible, newToken } from './token-file.js';

/** How many ports after the wanted one are tried. */
const PORTS = 50;

const HTTP_OPTIONS: ServerOptions = {
  /** An address may hold a run and a tag of LIMITS, with three characters for each byte. */
  maxHeaderSize: 64 * 1024,
  /** A client that sends slowly does not hold a connection for long. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** How often Node looks for connections that are beyond these times; every 30 s by default. */
  connectionsCheckingInterval: 2_000,
  /** The hub refuses a request without a Host itself, in its own words. */
  requireHostHeader: false,
};

export interface ServeOptions {
  /** A folder, which is not created if it is missing, or several places. */
  readonly logdir: string | readonly LogdirPlace[];
  /** 0 lets the system choose. */
  readonly port?: number | undefined;
  /** Take this port or fail: for a hub that comes back and whose senders and pages wait for it there. */
  readonly strictPort?: boolean | undefined;
  readonly host?: string | undefined;
  readonly allowHosts?: readonly string[] | undefined;
  /** Origins whose pages may show the page in a frame; none by default. */
  readonly allowEmbedding?: readonly string[] | undefined;
  /** Whether nobody may label, archive or delete runs. */
  readonly readOnly?: boolean | undefined;
  /** With or without the slashes around it. */
  readonly basePath?: string | undefined;
  /** What viewers beyond loopback must show; made when it is needed and missing. */
  readonly token?: string | undefined;
  /** Given by a launcher; otherwise the user's own, from the token file. */
  readonly ingestToken?: string | undefined;
  readonly clientDirectory?: string | undefined;
  /** Where alerts of runs are sent, signed with CONVSCOPE_ALERT_SECRET. */
  readonly alertWebhook?: string | undefined;
  readonly log?: ((sentence: string) => void) | undefined;
}

export interface RunningHub {
  /** How people know the logdir. */
  readonly logdir: string;
  /** What to open, with the token in it where one is needed. */
  readonly url: string;
  readonly port: number;
  readonly ingestToken: string;
  readonly viewToken: string | undefined;
  /** The page is served already; resolves when runs and sockets are too. */
  readonly ready: Promise<void>;
  /** For spools that are handed over without a socket. */
  readonly ingest: Promise<IngestStore>;
  close(): Promise<void>;
}

/** Starts a hub of its own HTTP server. @throws Error with a sentence when no port is free. */
export async function startHub(options: ServeOptions): Promise<RunningHub> {
  const host = options.host ?? '127.0.0.1';
  const basePath = `/${(options.basePath ?? '').split('/').filter(Boolean).join('/')}/`.replace('//', '/');
  const viewToken = options.token ?? (isLoopback(host) ? undefined : newToken());
  const ingestToken = options.ingestToken ?? (await ingestTokenIfPossible(options.log ?? (() => undefined)));
  // What fails here fails before a port is taken.
  checkBasePath(basePath);
  const alertWebhook = options.alertWebhook === undefined ? undefined : webhookTo(options.alertWebhook);
  const { logdir } = options;
  const storage = await openLogdir(
    typeof logdir === 'string' ? [{ name: null, path: resolve(logdir) }] : logdir,
  );
  const httpServer = createServer(HTTP_OPTIONS);
  const hub = createHub(httpServer, {
    storage,
    clientDirectory:
      options.clientDirectory ?? fileURLToPath(new URL('../../../client/dist', import.meta.url)),
    host,
    ingestToken,
    viewToken,
    readOnly: options.readOnly,
    allowEmbedding: options.allowEmbedding,
    allowHosts: [...(options.allowHosts ?? []), ...ownAddresses(host)],
    basePath,
    alertWebhook,
    log: options.log,
    indexDirectory: join(userCacheDirectory(), 'log-index'),
  });
  const ready = hub.then(() => undefined);
  try {
    await listen(httpServer, options.port ?? DEFAULT_PORT, host, options.strictPort ?? false);
  } catch (error) {
    await (await hub).close();
    throw error;
  }
  const { port } = httpServer.address() as AddressInfo;
  const name = isLoopback(host) ? 'localhost' : (ownAddresses(host)[0] ?? host);
  const needsToken = !isLoopback(host) && viewToken !== undefined;
  return {
    logdir: storage.root,
    url: `http://${name.includes(':') ? `[${name}]` : name}:${port}${basePath}${needsToken ? `#token=${viewToken}` : ''}`,
    port,
    ingestToken,
    viewToken,
    ready,
    ingest: hub.then(({ ingest }) => ingest),
    close: async () => (await hub).close(),
  };
}

/** A hub that listens everywhere is reached by any of this machine's addresses. Numbers cannot be re-pointed by a name server. */
function ownAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
  );
}

async function listen(server: Server, port: number, host: string, strict: boolean): Promise<void> {
  const last = strict || port === 0 ? port : Math.min(port + PORTS, 65_535);
  for (let candidate = port; candidate <= last; candidate++) {
    if (await tryListen(server, candidate, host)) return;
  }
  throw new Error(
    strict || port === last
      ? `Port ${port} on ${host} is taken by another program; end it or choose another with --port.`
      : `The ports ${port} to ${last} on ${host} are all taken; choose another with --port.`,
  );
}

function tryListen(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      server.off('listening', listening);
      if (codeOf(error) === 'EADDRINUSE') resolve(false);
      else reject(new Error(`The hub cannot listen on ${host}:${port} (${error.message}).`));
    };
    const listening = () => {
      server.off('error', failed);
      resolve(true);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(port, host);
  });
}

/** The secret comes from the environment: a command line is seen by every user of the machine. */
function webhookTo(url: string): { readonly url: string; readonly secret: string } {
  const secret = process.env['CONVSCOPE_ALERT_SECRET'];
  checkWebhook(url, secret);
  return { url, secret };
}
