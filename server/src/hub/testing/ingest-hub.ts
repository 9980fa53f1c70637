/** The hub's real ingest on a real socket, with a store that can be told to refuse, and a line that can be cut. */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import {
  INGEST_NAMESPACE,
  type IngestAnswer,
  type IngestClientEvents,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { type Namespace, Server } from 'socket.io';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { createTrainers } from '../control/trainers.js';
import { serveIngest } from '../ingest/ingest-socket.js';
import { createIngestStore, type IngestStore } from '../ingest/ingest-store.js';

export const TOKEN = 'the-token';

export interface IngestHub {
  readonly port: number;
  readonly url: string;
  readonly store: IngestStore;
  /** What every open and write is answered from now on; undefined: what the store says. */
  refuseWith(answer: IngestAnswer | undefined): void;
  /** As a hub that sends its senders away. */
  sendAway(): void;
  close(): Promise<void>;
}

export async function startIngestHub(logdir: string, port = 0): Promise<IngestHub> {
  let refusal: IngestAnswer | undefined;
  const storage = await openLocalLogdir(logdir);
  const real = createIngestStore({
    storage,
    appended: () => undefined,
    senders: () => undefined,
  });
  const store: IngestStore = {
    open: (message) => (refusal ? Promise.resolve(refusal) : real.open(message)),
    write: (message, bytes) => (refusal ? Promise.resolve(refusal) : real.write(message, bytes)),
    close: (message) => real.close(message),
    hasSenders: () => real.hasSenders(),
    holds: (message, bytes) => real.holds(message, bytes),
    moveFile: (from, to) => real.moveFile(from, to),
  };
  const http = createHttpServer();
  const io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: LIMITS.socketBytes });
  const ingest: Namespace<IngestClientEvents, IngestServerEvents> = io.of(INGEST_NAMESPACE);
  serveIngest(ingest, store, (token) => token === TOKEN, createTrainers({ runs: new Map(), name: logdir }));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const at = (http.address() as AddressInfo).port;
  return {
    port: at,
    url: `http://127.0.0.1:${at}/`,
    store: real,
    refuseWith(answer) {
      refusal = answer;
    },
    sendAway: () => ingest.disconnectSockets(),
    async close() {
      await io.close();
      await real.closeAll();
      await storage.close();
    },
  };
}

export interface CutLine {
  readonly url: string;
  readonly cuts: number;
  close(): void;
}

/** A line to `port` that breaks after every so many bytes in either direction, in the middle of whatever it carries. */
export async function startCutLine(port: number, nextCut: () => number): Promise<CutLine> {
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let left = nextCut();
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('data', (bytes) => {
        to.write(bytes.subarray(0, Math.max(0, left)));
        left -= bytes.length;
        if (left > 0) return;
        if (!near.destroyed) cuts++;
        // What was written before may still get there; what comes after does not.
        to.end(cut);
      });
      from.on('error', cut);
      from.on('close', () => {
        open.delete(from);
        cut();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get cuts() {
      return cuts;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
