/**
 * A hub as a source: HTTP for requests, socket.io for live updates. One file of more than 300 lines, because everything here
 * shares the state of one connection.
 */

import { API, HTTP, LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import { filesAnswerSchema } from '@convscope/shared/protocol/files-beside.js';
import { hparamsAnswerSchema } from '@convscope/shared/protocol/hparams.js';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { listingSchema } from '@convscope/shared/protocol/listing.js';
import {
  changedMessageSchema,
  type LiveBlob,
  type LiveClientEvents,
  type LiveRows,
  type LiveServerEvents,
  type RunSummary,
  runDetailSchema,
  runsMessageSchema,
  type Subscription,
  subscribedSchema,
  type Watch,
} from '@convscope/shared/protocol/live.js';
import { decodeLivePoints } from '@convscope/shared/protocol/live-points.js';
import { type BlobRow, SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import {
  controlAnswerSchema,
  runActionsAnswerSchema,
  trashAnswerSchema,
} from '@convscope/shared/protocol/run-actions.js';
import { valuesAnswerSchema } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { summariesAnswerSchema } from '@convscope/shared/protocol/summaries.js';
import { z } from '@convscope/shared/zod.js';
import { io, type Socket } from 'socket.io-client';
import type { ScalarRows } from '../series/series.js';
import { requestHistories } from './histories.js';
import { createIndexRows } from './index-batch.js';
import { createRequests } from './requests.js';
import { createRunDetails } from './run-details.js';
import { LASTING_MS, NO_HUB, NO_WEBSOCKET, SocketCheck } from './socket-check.js';
import type { ConnectionState, LiveScalars, RunList, Source, SourceListener } from './source.js';
import { createTrainerChannel } from './trainer-channel.js';

type LiveSocket = Socket<LiveServerEvents, LiveClientEvents>;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
const PING_EVERY_MS = 5_000;
const NO_ROWS: ScalarRows = { steps: [], wallTimes: [], values: [] };
const UNREADABLE =
  'The hub sent what this page does not understand: they are of different versions. Reload the page.';

const exportSizeSchema = z.object({ most: z.number(), log: z.number(), gaps: z.number() });

function checked<T>(schema: z.ZodMiniType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new Error(UNREADABLE);
  return parsed.data;
}

/** socket.io delivers a Uint8Array as an ArrayBuffer. */
function bytesOf(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

/** The rows that come with a watched run. */
function scalarRowsIn(bytes: Uint8Array): ScalarRows {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.byteLength / SCALAR_ROW_BYTES);
  const column = (read: (at: number) => number) =>
    Float64Array.from({ length: count }, (_, row) => read(row * SCALAR_ROW_BYTES));
  return {
    steps: column((at) => view.getFloat64(at, true)),
    wallTimes: column((at) => view.getFloat64(at + 8, true)),
    values: column((at) => view.getFloat64(at + 16, true)),
  };
}

export interface LiveSourceOptions {
  /** The page's address: `http://localhost:6180/`, or below a base path, ending with a slash. */
  readonly base: URL;
  readonly connect?: (url: string, path: string) => LiveSocket;
}

function connectSocket(url: string, path: string): LiveSocket {
  // Reconnecting is done here, so that the page can show when the next attempt is due.
  return io(url, { path, transports: ['websocket'], reconnection: false });
}

export function createLiveSource({ base, connect = connectSocket }: LiveSourceOptions): Source {
  const listeners = new Set<SourceListener>();
  const runs = new Map<string, RunSummary>();
  // socket.io would say nothing.
  const hasWebSocket = connect !== connectSocket || typeof WebSocket !== 'undefined';
  let connection: ConnectionState = hasWebSocket
    ? { status: 'connecting' }
    : { status: 'refused', reason: NO_WEBSOCKET };
  let list: RunList | undefined;
  /** The part of the list that has come, until it is whole. */
  let listed: RunSummary[] = [];
  let watched: Watch | undefined;
  let subscription: Subscription | undefined;
  /** The subscription that the hub has answered: points name their runs and tags by their places in it. */
  let subscribed: Subscription | undefined;
  let retryDelay = FIRST_RETRY_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let lastingTimer: ReturnType<typeof setTimeout> | undefined;
  const check = new SocketCheck(base);
  let closed = false;

  const tell = (call: (listener: SourceListener) => void): void => {
    for (const listener of listeners) call(listener);
  };
  const setConnection = (state: ConnectionState): void => {
    connection = state;
    tell((listener) => listener.connection?.(state));
  };
  const refuse = (reason: string) => setConnection({ status: 'refused', reason });
  const setList = (logdir: string, notices: readonly string[]): void => {
    const next = { logdir, notices, runs: [...runs.values()] };
    list = next;
    tell((listener) => listener.runs?.(next));
  };

  const socket = connect(new URL(LIVE_NAMESPACE, base).href, `${base.pathname}socket.io`);

  const trainers = createTrainerChannel(socket, (report) => tell((listener) => listener.trainer?.(report)));

  const sendWatch = (): void => {
    const sent = watched;
    if (sent !== undefined && socket.connected) {
      socket.emit('watch', sent, (answer) => {
        // One that a later one has replaced is answered with an error too.
        if ('error' in answer && sent === watched)
          refuse(`The hub refused to watch what this page shows. ${answer.error}`);
      });
    }
  };
  const sendSubscription = (): void => {
    const sent = subscription;
    if (sent === undefined || !socket.connected) return;
    socket.emit('subscribe', sent, (answered) => {
      if (sent !== subscription) return;
      if ('error' in answered) {
        refuse(`The hub refused to send what this page draws. ${answered.error}`);
        return;
      }
      const answer = subscribedSchema.safeParse(answered);
      if (!answer.success) {
        refuse(UNREADABLE);
        return;
      }
      subscribed = sent;
      const { generations, series } = answer.data;
      for (const [run, tag, rows] of series)
        tellPoints(run, tag, generations[run] ?? undefined, rows, NO_ROWS);
    });
  };
  const tellPoints = (
    run: number,
    tag: number,
    generation: number | undefined,
    start: number,
    rows: ScalarRows,
    kept?: number,
  ): void => {
    const names = { run: subscribed?.runs[run], tag: subscribed?.tags[tag] };
    if (names.run === undefined || names.tag === undefined || generation === undefined) return;
    const scalars: LiveScalars = { run: names.run, tag: names.tag, generation, start, kept, rows };
    tell((listener) => listener.scalars?.(scalars));
  };
  const ping = (): void => {
    if (!socket.connected) return;
    const sent = performance.now();
    socket.emit('ping', () => {
      // A refusal stays on the page, even though the hub goes on answering.
      if (socket.connected && connection.status !== 'refused')
        setConnection({ status: 'connected', roundTrip: performance.now() - sent });
    });
  };
  const lose = (): void => {
    if (closed || retryTimer !== undefined) return;
    clearTimeout(lastingTimer);
    const { since, reason } =
      connection.status === 'lost' ? connection : { since: Date.now(), reason: undefined };
    setConnection({ status: 'lost', since, retryAt: Date.now() + retryDelay, reason });
    void check.lost().then((why) => {
      if (closed || connection.status !== 'lost') return;
      if (why === NO_HUB) {
        clearTimeout(retryTimer);
        setConnection({ status: 'absent', reason: why });
      } else if (connection.reason !== why) setConnection({ ...connection, reason: why });
    });
    retryTimer = setTimeout(reconnect, retryDelay);
    retryDelay = Math.min(LONGEST_RETRY_MS, retryDelay * 2);
  };
  const reconnect = (): void => {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    socket.connect();
  };

  socket.on('connect', () => {
    check.opened();
    // Not at once: a proxy may cut each connection as soon as it is there.
    lastingTimer = setTimeout(() => {
      retryDelay = FIRST_RETRY_MS;
    }, LASTING_MS);
    listed = [];
    subscribed = undefined;
    setConnection({ status: 'connected', roundTrip: undefined });
    sendWatch();
    sendSubscription();
    trainers.connected();
    ping();
  });
  socket.on('connect_error', (error) => {
    // If the hub refused, the error has `data` and a message. Otherwise nothing answered.
    if ('data' in error) refuse(error.message);
    else if (!hasWebSocket) refuse(NO_WEBSOCKET);
    else lose();
  });
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') lose();
  });
  /** Reads a list of runs, or a part of one. */
  const readList = (sent: { readonly protocol: number }) => {
    if (sent.protocol !== PROTOCOL_VERSION) {
      refuse(
        `The hub uses version ${sent.protocol} of the protocol, but this page uses version ${PROTOCOL_VERSION}. Reload the page.`,
      );
      return undefined;
    }
    const message = runsMessageSchema.safeParse(sent);
    if (!message.success) refuse(UNREADABLE);
    return message.data;
  };
  const takeList = (logdir: string, notices: readonly string[], all: readonly RunSummary[]): void => {
    runs.clear();
    for (const run of all) runs.set(run.run, run);
    setList(logdir, notices);
  };
  socket.on('runs', (sent) => {
    const message = readList(sent);
    if (message === undefined) return;
    listed.push(...message.runs);
    if (message.more) return;
    const all = listed;
    listed = [];
    takeList(message.logdir, message.notices ?? [], all);
  });
  socket.on('changed', (sent) => {
    const message = changedMessageSchema.safeParse(sent);
    if (!message.success) {
      refuse(UNREADABLE);
      return;
    }
    for (const run of message.data.runs) runs.set(run.run, run);
    for (const run of message.data.removed) runs.delete(run);
    setList(list?.logdir ?? '', message.data.notices ?? list?.notices ?? []);
  });
  socket.on('rows', (messages) => {
    for (const message of messages) {
      const rows: LiveRows = { ...message, bytes: bytesOf(message.bytes) };
      if (rows.kind !== 'scalar') {
        tell((listener) => listener.rows?.(rows));
        continue;
      }
      const { run, generation, tag, start } = rows;
      tell((listener) => listener.scalars?.({ run, generation, tag, start, rows: scalarRowsIn(rows.bytes) }));
    }
  });
  socket.on('points', (message) => {
    for (const { run, tag, generation, start, kept, ...rows } of decodeLivePoints(bytesOf(message)))
      tellPoints(run, tag, generation, start, rows, kept);
  });
  socket.on('blob', (message) => {
    const blob: LiveBlob = { ...message, bytes: bytesOf(message.bytes) };
    tell((listener) => listener.blob?.(blob));
  });
  socket.on('gap', ({ run, generation, gap }) => tell((listener) => listener.gap?.(run, generation, gap)));
  const pingTimer = setInterval(ping, PING_EVERY_MS);

  const { get, post, bytes } = createRequests(base);
  const listing = async (signal: AbortSignal) =>
    checked(listingSchema, await (await get(API.listing, {}, signal)).json());
  const closing = new AbortController();
  /** The list as the document's preloads have brought it, before the socket is open. What the socket says is newer. */
  const takeEarlyList = async (): Promise<void> => {
    const sent = await (await get(HTTP.runs, {}, closing.signal)).json();
    if (list !== undefined || connection.status === 'refused') return;
    const message = readList(sent);
    if (message !== undefined) takeList(message.logdir, message.notices ?? [], message.runs);
  };
  // Where it does not come, the socket says why.
  if (hasWebSocket) takeEarlyList().catch(() => undefined);
  const detail = createRunDetails({
    one: async (run, signal) => checked(runDetailSchema, await (await get(HTTP.run, { run }, signal)).json()),
    listing: () => listing(closing.signal),
    runs,
  });

  return {
    origin: 'hub',
    trainers,
    filesBeside: {
      async list(run, signal) {
        return checked(filesAnswerSchema, await (await get(API.files, { run }, signal)).json());
      },
      address: (run, path) => String(new URL(`${API.file}?${new URLSearchParams({ run, path })}`, base)),
    },
    address: base.host,
    get connection() {
      return connection;
    },
    get list() {
      return list;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(watch) {
      watched = watch;
      sendWatch();
    },
    detail,
    subscribe(next) {
      subscription = next;
      sendSubscription();
    },
    async series(request, signal) {
      const response = await post(API.series, request, signal);
      return decodeSeries(new Uint8Array(await response.arrayBuffer()));
    },
    async values(request, signal) {
      return checked(valuesAnswerSchema, await (await post(API.values, request, signal)).json());
    },
    async summaries(request, signal) {
      const response = await post(API.summaries, request, signal);
      return checked(summariesAnswerSchema, await response.json());
    },
    async hparams(signal) {
      return checked(hparamsAnswerSchema, await (await get(API.hparams, {}, signal)).json());
    },
    listing,
    async control(signal) {
      return checked(controlAnswerSchema, await (await get(HTTP.session, {}, signal)).json());
    },
    async trash(signal) {
      return checked(trashAnswerSchema, await (await get(API.trash, {}, signal)).json());
    },
    async act(action, signal) {
      return checked(runActionsAnswerSchema, await (await post(API.runActions, action, signal)).json());
    },
    credit(run, tag) {
      if (socket.connected) socket.emit('credit', { run, tag });
    },
    indexRows: createIndexRows({ post, bytes }),
    event: (run: string, generation: number, row: BlobRow, signal) =>
      bytes(HTTP.event, { run, generation, file: row.file, offset: row.offset, length: row.length }, signal),
    events: (run, generation, rows, signal, fetcher) =>
      fetcher.fetchEvents(base, run, generation, rows, signal),
    histories: (run, generation, questions, signal) =>
      requestHistories(post, run, generation, questions, signal),
    async numbers(request, format, signal) {
      return (await post(`${API.series}?format=${format}`, request, signal)).blob();
    },
    async exportSize(run, request, signal) {
      const query = { run, size: 1, ...request };
      return checked(exportSizeSchema, await (await get(API.export, query, signal)).json());
    },
    async exportRun(run, request, signal) {
      return (await get(API.export, { run, ...request }, signal)).blob();
    },
    retry: reconnect,
    close() {
      closed = true;
      closing.abort();
      clearInterval(pingTimer);
      clearTimeout(retryTimer);
      clearTimeout(lastingTimer);
      socket.disconnect();
      listeners.clear();
    },
  };
}
