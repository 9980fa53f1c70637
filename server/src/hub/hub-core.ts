import type { Server as HttpServer, RequestListener } from 'node:http';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import {
  INGEST_NAMESPACE,
  type IngestClientEvents,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { LiveClientEvents, LiveServerEvents } from '@convscope/shared/protocol/live.js';
import { type Namespace, Server } from 'socket.io';
import { createCaptureHistory } from '../capture-history/capture-history.js';
import { createLogdir, type FollowedLogdir } from '../logdir/logdir.js';
import type { LogStorage } from '../storage/storage.js';
import { type Access, SECURITY_HEADERS } from './http/access.js';
import { createApi } from './http/http-api.js';
import { serveIngest } from './ingest/ingest-socket.js';
import { createIngestStore, type IngestStore } from './ingest/ingest-store.js';
import { serveLive } from './live/live-socket.js';

/** Most simultaneous sockets. A viewer has one, and so has a sender. */
const SOCKETS = 256;

export interface HubCoreOptions {
  readonly storage: LogStorage;
  readonly access: Access;
  readonly basePath: string;
  readonly version: string;
  readonly log: (sentence: string) => void;
  readonly now?: (() => number) | undefined;
  readonly lookEveryMs?: number | undefined;
  readonly stateEveryMs?: number | undefined;
}

export interface HubCore {
  readonly logdir: FollowedLogdir;
  readonly ingest: IngestStore;
  readonly api: RequestListener;
  close(): Promise<void>;
}

/**
 * All of the hub except static files. It is a separate module so that static files are served while it still loads:
 * socket.io and zod take half of the start.
 */
export function createHubCore(httpServer: HttpServer, options: HubCoreOptions): HubCore {
  const { storage, access, basePath, version } = options;
  const logdir = createLogdir(options);
  const ingest = createIngestStore({ storage, appended: logdir.nudge, senders: logdir.setSenders });

  const io = new Server(httpServer, {
    path: `${basePath}socket.io/`,
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: LIMITS.socketBytes,
    connectTimeout: 10_000,
    allowRequest: (request, decide) => {
      const refusal = access.refuseStranger(request) ?? access.refuseForeignPage(request.headers);
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

  const history = createCaptureHistory(logdir, options.log);
  void logdir.start();

  return {
    logdir,
    ingest,
    api: createApi({ logdir, history, access, basePath, version }),
    async close() {
      stopLive();
      // Ends the HTTP server as well.
      await io.close();
      await ingest.closeAll();
      await history.close();
      await logdir.close();
    },
  };
}
