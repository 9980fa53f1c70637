import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import {
  INGEST_NAMESPACE,
  type IngestAnswer,
  type IngestClientEvents,
  type IngestOpen,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import type {
  LiveClientEvents,
  LiveServerEvents,
  RunDetail,
  Watch,
} from '@convscope/shared/protocol/live.js';
import { SCALAR_ROW_BYTES, writeScalarRow } from '@convscope/shared/protocol/rows.js';
import { SERIES_LIMITS } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { expect, onTestFinished, vi } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { KNOWS_DESCRIPTORS, openBelow } from '../../testing/open-descriptors.js';
import { createHub, type Hub, type HubOptions } from '../hub.js';

export const TOKEN = 'test-ingest-token-0123456789abcdefghij';

export interface TestHub extends Hub {
  readonly root: string;
  readonly url: string;
  readonly said: string[];
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'convscope-hub-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real hub on a port that the system chooses. It is closed after the test, or before, and must leave no file open then. */
export async function startTestHub(
  options: Partial<HubOptions> & { logdir?: string; port?: number } = {},
): Promise<TestHub> {
  const { logdir = join(await temporaryFolder(), 'runs'), port = 0, ...rest } = options;
  const said: string[] = [];
  const httpServer = createServer();
  const hub = await createHub(httpServer, {
    clientDirectory: join(logdir, '..', 'no-page'),
    host: '127.0.0.1',
    ingestToken: TOKEN,
    lookEveryMs: 50,
    stateEveryMs: 20,
    log: (sentence) => said.push(sentence),
    ...rest,
    storage: options.storage ?? (await openLocalLogdir(logdir)),
  });
  await new Promise<void>((resolve) => httpServer.listen(port, '127.0.0.1', resolve));
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= hub.close());
  onTestFinished(async () => {
    await close();
    if (KNOWS_DESCRIPTORS) await waitFor(async () => expect(await openBelow(logdir)).toEqual([]));
  });
  const url = `http://127.0.0.1:${hub.port}`;
  return {
    port: hub.port,
    logdir: hub.logdir,
    ingest: hub.ingest,
    root: hub.logdir.name,
    url,
    said,
    close,
  };
}

type Options = Partial<ManagerOptions & SocketOptions>;

function connect<S extends Socket>(hub: { url: string }, namespace: string, options: Options): S {
  const socket = io(`${hub.url}${namespace}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  }) as S;
  onTestFinished(() => {
    socket.disconnect();
  });
  return socket;
}

/** Resolves when connected; rejects with what the hub said. */
export async function connected<S extends Socket>(socket: S): Promise<S> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

export type SenderSocket = Socket<IngestServerEvents, IngestClientEvents>;

export function senderSocket(hub: { url: string }, options: Options = {}): SenderSocket {
  return connect<SenderSocket>(hub, INGEST_NAMESPACE, {
    auth: { token: TOKEN, protocol: PROTOCOL_VERSION },
    ...options,
  });
}

/** A sender that waits for its answers. */
export async function startSender(hub: { url: string }, options: Options = {}) {
  const socket = await connected(senderSocket(hub, options));
  return {
    socket,
    open: (message: IngestOpen): Promise<IngestAnswer> => socket.emitWithAck('open', message),
    write: (
      file: { runUid: string; file: string },
      offset: number,
      bytes: Uint8Array,
    ): Promise<IngestAnswer> =>
      socket.emitWithAck('write', { runUid: file.runUid, file: file.file, offset }, bytes),
    close: (file: { runUid: string; file: string }): Promise<IngestAnswer> =>
      socket.emitWithAck('close', { runUid: file.runUid, file: file.file }),
  };
}

export type ViewerSocket = Socket<LiveServerEvents, LiveClientEvents>;

export function viewerSocket(hub: { url: string }, options: Options = {}): ViewerSocket {
  return connect<ViewerSocket>(hub, LIVE_NAMESPACE, options);
}

export async function watch(socket: ViewerSocket, message: Watch): Promise<RunDetail[]> {
  const answer = await socket.emitWithAck('watch', message);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** Waits until the condition no longer throws, looking often, so that what lasts milliseconds is seen. */
export function waitFor<T>(condition: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(condition, { timeout: 20_000, interval: 5 });
}

/** All rows of a scalar as the hub serves them over HTTP, in the bytes in which live rows come. */
export async function scalarRows(hub: { url: string }, run: string, tag: string): Promise<Buffer> {
  const query = new URLSearchParams({ run, tag, points: String(SERIES_LIMITS.points) });
  const answer = await fetch(`${hub.url}/api/v1/series?${query}`);
  const [series] = decodeSeries(new Uint8Array(await answer.arrayBuffer())).series;
  if (series?.kind !== 'points') throw new Error(`The hub gives no points of ${tag}.`);
  const { steps, wallTimes, values } = series;
  const bytes = Buffer.alloc(steps.length * SCALAR_ROW_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [row, step] of steps.entries())
    writeScalarRow(view, row * SCALAR_ROW_BYTES, step, wallTimes[row]!, values[row]!);
  return bytes;
}
