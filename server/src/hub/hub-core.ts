import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createCaptureHistory } from '@convscope/shared/answers/capture-history.js';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import {
  INGEST_NAMESPACE,
  type IngestClientEvents,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { LiveClientEvents, LiveServerEvents } from '@convscope/shared/protocol/live.js';
import { type Namespace, Server } from 'socket.io';
import { createSummariser } from '../capture-history/summariser.js';
import type { FollowedLogdir } from '../logdir/logdir.js';
import { createAdmission, STRANGER_MS } from './admission.js';
import { serveControl } from './control/control-socket.js';
import { createTrainers } from './control/trainers.js';
import type { FollowedStorage } from './follow-logdir.js';
import { type Access, SECURITY_HEADERS } from './http/access.js';
import { createApi } from './http/http-api.js';
import { createServer } from './http/node-http.js';
import { refuseConnection, refuseHandshake } from './http/refuse.js';
import { serveIngest } from './ingest/ingest-socket.js';
import { createIngestStore, type IngestStore } from './ingest/ingest-store.js';
import { serveLive } from './live/live-socket.js';
import { createRunCare } from './run-care/run-care.js';

/** How long the files that are written may take to close, which on a disk that does not answer is for ever. */
const CLOSE_FILES_WITHIN_MS = 2000;

export interface HubCoreOptions {
  readonly followed: FollowedStorage;
  readonly access: Access;
  readonly basePath: string;
  /** Where socket.io answers, with the base path. */
  readonly socketPath: string;
  readonly version: string;
  /** Where the built page is. */
  readonly clientDirectory: string;
  /** Is told of each connection that has joined a namespace, which takes the cookie or a token. */
  readonly trust: (connection: Duplex) => void;
  readonly now?: (() => number) | undefined;
  readonly lookEveryMs?: number | undefined;
  /** Where alerts are sent; none are without it. */
  readonly alertWebhook?: { readonly url: string; readonly secret: string } | undefined;
}

export interface HubCore {
  readonly logdir: FollowedLogdir;
  readonly ingest: IngestStore;
  readonly api: RequestListener;
  /** Takes a request for a WebSocket whose Host, Origin and path have been checked. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/**
 * All of the hub except static files and reading. It is a separate module so that static files are served and the logdir is
 * read while it still loads: socket.io and zod take half of the start.
 */
export function createHubCore(options: HubCoreOptions): HubCore {
  const { access, basePath, socketPath, version, clientDirectory } = options;
  const { storage, logdir, log, giveUp } = options.followed;
  const ingest = createIngestStore({
    ...{ storage, appended: logdir.nudge, senders: logdir.setSenders },
    findDeleted: (name, isOurs) => care.findDeleted(name, isOurs),
  });
  const { moveFile } = ingest;
  const care = createRunCare({ storage, moveFile, logdir, log, lookEveryMs: options.lookEveryMs });
  const admission = createAdmission(access);

  // engine.io listens to a server of its own that never listens: all it gets has been checked and admitted before.
  const admitted = createServer();
  const io = new Server(admitted, {
    path: socketPath,
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: LIMITS.socketBytes,
    connectTimeout: STRANGER_MS,
  });
  io.engine.on('headers', (headers: Record<string, string>) => Object.assign(headers, SECURITY_HEADERS));
  io.engine.on('connection', admission.guard);
  io.use((_socket, next) => next(new Error(`Connect to ${LIVE_NAMESPACE} or ${INGEST_NAMESPACE}.`)));
  const ingestNamespace: Namespace<IngestClientEvents, IngestServerEvents> = io.of(INGEST_NAMESPACE);
  const liveNamespace: Namespace<LiveClientEvents, LiveServerEvents> = io.of(LIVE_NAMESPACE);
  const trainers = createTrainers(logdir);
  const stopPauses = trainers.listen((run) => {
    const report = trainers.report(run);
    logdir.setTrainingPaused(run, 'state' in report && report.state.trainingPaused);
  });
  serveIngest(ingestNamespace, ingest, access.isIngestToken, trainers);
  const stopLive = serveLive(liveNamespace, { logdir, log, refuseViewer: access.refuseViewer });
  const stopControl = serveControl(liveNamespace, { logdir, trainers, refuseControl: access.refuseControl });
  // After the checks of each namespace.
  const admitAs =
    (role: 'viewer' | 'trainer') =>
    ({ request }: { request: IncomingMessage }, next: (error?: Error) => void) => {
      const error = admission.admit(request, role);
      if (error === null) options.trust(request.socket);
      next(error === null ? undefined : new Error(error));
    };
  ingestNamespace.use(admitAs('trainer'));
  liveNamespace.use(admitAs('viewer'));

  const stopAlerts = sendAlerts(options);
  const summariser = createSummariser(log);
  const history = createCaptureHistory(logdir, summariser.summarise);

  return {
    logdir,
    ingest,
    api: createApi({ logdir, history, access, care, basePath, version, clientDirectory }),
    upgrade(request, connection, head) {
      const refusal = refuseHandshake(request) ?? admission.enter(request, connection);
      if (refusal) refuseConnection(connection, refusal);
      else admitted.emit('upgrade', request, connection, head);
    },
    async close() {
      stopLive();
      stopControl();
      stopPauses();
      await stopAlerts();
      await io.close();
      await admission.close();
      await Promise.race([ingest.closeAll(), delay(CLOSE_FILES_WITHIN_MS, undefined, { ref: false })]);
      giveUp();
      await summariser.close();
      await care.close();
      await logdir.close();
    },
  };
}

/** Its code is loaded only where alerts are sent. @returns the function that ends it */
function sendAlerts({ alertWebhook, followed, now, lookEveryMs }: HubCoreOptions): () => Promise<void> {
  if (alertWebhook === undefined) return async () => undefined;
  const { logdir, log } = followed;
  const started = (async () => {
    const [{ createWebhook }, { watchRuns }] = await Promise.all([
      import('./alerts/webhook.js'),
      import('./alerts/watch-runs.js'),
    ]);
    const webhook = createWebhook({ ...alertWebhook, logdir: logdir.name, log });
    const stop = watchRuns({ logdir, arisen: webhook.send, now, lookEveryMs });
    return async () => {
      stop();
      await webhook.close();
    };
  })();
  return async () => (await started)();
}
