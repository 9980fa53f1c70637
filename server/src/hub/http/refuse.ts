import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Refusal, SECURITY_HEADERS } from './access.js';
import { STATUS_CODES } from './node-http.js';

/** How long the other side may take to read a refusal and to close. */
const LINGER_MS = 1000;

/** Answers with the error as JSON. */
export function refuse(response: ServerResponse, { status, error }: Refusal): void {
  const body = Buffer.from(JSON.stringify({ error }));
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** Answers on a connection that has no response object: an upgrade, or a request that could not be parsed. */
export function refuseConnection(connection: Duplex, { status, error }: Refusal): void {
  if (!connection.writable) {
    connection.destroy();
    return;
  }
  const body = `${error}\n`;
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // What was sent is read, since closing with unread data would take the answer back.
  connection.resume();
  const timer = setTimeout(() => connection.destroy(), LINGER_MS);
  connection.once('close', () => clearTimeout(timer));
}

/** Null when the request opens a WebSocket of engine.io 4, as socket.io's clients do. */
export function refuseHandshake({ method, headers, url = '' }: IncomingMessage): Refusal | null {
  const { searchParams } = new URL(url, 'http://hub');
  const says = (name: string, value: string) => {
    const values = searchParams.getAll(name);
    return values.length === 1 && values[0] === value;
  };
  const isWebSocket =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['sec-websocket-version'] === '13' &&
    headers['sec-websocket-protocol'] === undefined;
  if (isWebSocket && says('transport', 'websocket') && says('EIO', '4') && !searchParams.has('sid'))
    return null;
  return { status: 400, error: 'The hub takes WebSockets of socket.io 4 here, and nothing else.' };
}
