/** Sockets to a hub: those of viewers and senders, and those of strangers, byte by byte. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket as TcpSocket } from 'node:net';
import { join } from 'node:path';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import { INGEST_NAMESPACE, type IngestAnswer } from '@convscope/shared/protocol/ingest.js';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { io, type Socket } from 'socket.io-client';
import { EVENT_FILE, type Scene } from './scene.js';

const WITHIN_MS = 10_000;

export interface Sender {
  open(run: string): Promise<IngestAnswer>;
  close(): void;
}

/** A sender that knows the token. @throws Error when it is not let in */
export async function openSender(scene: Scene): Promise<Sender> {
  const token = readFileSync(join(scene.folder.cache, 'ingest-token'), 'utf8').trim();
  const socket = connectTo(scene, INGEST_NAMESPACE, { token, protocol: PROTOCOL_VERSION });
  await letIn(socket);
  return {
    open: (run) =>
      socket
        .timeout(WITHIN_MS)
        .emitWithAck('open', { runUid: randomBytes(16).toString('hex'), run, file: EVENT_FILE }),
    close: () => socket.disconnect(),
  };
}

/** A viewer that is let in. @throws Error when it is not */
export async function openViewer(scene: Scene): Promise<Socket> {
  const socket = connectTo(scene, LIVE_NAMESPACE);
  await letIn(socket);
  return socket;
}

export function connectTo(scene: Scene, namespace: string, auth: Record<string, unknown> = {}): Socket {
  return io(`http://127.0.0.1:${scene.hub.port}${namespace}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    timeout: WITHIN_MS,
    auth,
    extraHeaders: { ...scene.headers },
  });
}

function letIn(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', (error) => {
      socket.disconnect();
      reject(error);
    });
  });
}

/** Resolves when the socket has this event, or after `withinMs`. */
export function heard(
  socket: Socket,
  event: 'connect_error' | 'disconnect',
  withinMs: number,
): Promise<void> {
  return firstOf([event], withinMs, socket);
}

export interface Upgrade {
  readonly socket: TcpSocket;
  /** Status line, headers and the beginning of the body. */
  readonly answer: string;
}

/** Asks for a websocket by hand. */
export async function upgrade(
  port: number,
  { path = '/socket.io/?EIO=4&transport=websocket', ...headers }: Readonly<Record<string, string>> = {},
): Promise<Upgrade> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const all: Record<string, string> = {
    Host: `localhost:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  let answer = '';
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    socket.once('end', resolve);
    socket.on('data', (part: Buffer) => {
      answer += part.toString('latin1');
      if (answer.startsWith('HTTP/1.1 101')) resolve();
    });
  });
  return { socket, answer };
}

/** Resolves when the socket is closed, however, or after `withinMs`. */
export async function closed(socket: TcpSocket, withinMs: number): Promise<void> {
  if (!socket.closed) await firstOf(['close'], withinMs, socket);
}

/** Resolves when the socket takes more bytes or is closed, or after `withinMs`. */
export async function drained(socket: TcpSocket, withinMs: number): Promise<void> {
  if (!socket.closed) await firstOf(['drain', 'close'], withinMs, socket);
}

interface Emitter<Event extends string> {
  on(event: Event, listener: () => void): unknown;
  off(event: Event, listener: () => void): unknown;
}

/** Resolves with the first of these events, or after `withinMs`, and leaves no listener behind. */
function firstOf<Event extends string>(
  events: readonly Event[],
  withinMs: number,
  emitter: Emitter<Event>,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const event of events) emitter.off(event, end);
      resolve();
    };
    const timer = setTimeout(end, withinMs);
    for (const event of events) emitter.on(event, end);
  });
}

/** A masked websocket frame with a text. */
export function textFrame(text: Uint8Array): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x81;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(text.length), 2);
  // A mask of zeros leaves the text as it is.
  return Buffer.concat([head, text]);
}
