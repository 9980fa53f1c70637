/** Clients that begin something and never end it, or that never take what they asked for. */
import { connect, type Socket as TcpSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import { until } from '#server/testing/until.js';
import { fileVersion, scalar } from './hostile-events.js';
import type { Kind } from './kind.js';
import { textEvent } from './odd-events.js';
import { type Scene, writeRun } from './scene.js';
import { closed, drained, openViewer, textFrame, upgrade } from './sockets.js';

const left = new Set<TcpSocket>();

function tcp(port: number): Promise<TcpSocket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    left.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => left.delete(socket));
    socket.once('connect', () => resolve(socket));
  });
}

async function leave(): Promise<void> {
  const all = [...left];
  for (const socket of all) socket.destroy();
  await Promise.all(all.map((socket) => closed(socket, 1_000)));
}

/** A viewer with a valid start still gets in. */
async function isOpen(scene: Scene): Promise<readonly string[]> {
  try {
    (await openViewer(scene)).disconnect();
    return [];
  } catch (error) {
    return [`A viewer is not let in: ${String(error)}.`];
  }
}

const lines = (...all: readonly string[]) => `${all.join('\r\n')}\r\n`;

/** Half of a frame, a frame that claims 2⁶³ bytes, fragments without an end, and reserved bits. */
const halfFrames: Kind = {
  name: 'half-frames',
  small: 40,
  full: 500,
  async act({ hub }, count) {
    const huge = Buffer.alloc(14, 0xff);
    huge[0] = 0x81;
    const odd = [
      textFrame(Buffer.from('40/live,')).subarray(0, 15),
      huge,
      Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x34]),
      Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x34]),
      Buffer.from([0xf1, 0x81, 0, 0, 0, 0, 0x34]),
      Buffer.from([0x89, 0xfe, 0xff, 0xff]),
      Buffer.from([0x81, 0x01, 0x34]),
    ];
    for (let at = 0; at < count; at++) {
      const { socket, answer } = await upgrade(hub.port);
      left.add(socket);
      if (answer.startsWith('HTTP/1.1 101')) socket.write(odd[at % odd.length]!);
    }
  },
  problems: isOpen,
  end: leave,
};

/** Headers byte by byte, bodies without an end, and lines that never end. */
const slow: Kind = {
  name: 'slow-requests',
  small: 60,
  full: 1_000,
  async act({ hub }, count) {
    const host = `Host: localhost:${hub.port}`;
    const json = 'Content-Type: application/json';
    const begun = [
      `GET /api/runs HTTP/1.1\r\nHost: loc`,
      lines('POST /api/v1/series HTTP/1.1', host, json, 'Content-Length: 1000', '', '{'),
      lines('POST /api/v1/series HTTP/1.1', host, json, 'Transfer-Encoding: chunked', '', '1', '{'),
      lines('POST /api/events HTTP/1.1', host, json, 'Transfer-Encoding: chunked', '', 'fffffffffffffff'),
      'GET /',
    ];
    const sockets: TcpSocket[] = [];
    for (let at = 0; at < count; at++) {
      const socket = await tcp(hub.port);
      socket.write(begun[at % begun.length]!);
      sockets.push(socket);
    }
    for (let round = 0; round < 20; round++) {
      for (const socket of sockets) if (!socket.destroyed) socket.write('a');
      await delay(20);
    }
  },
  problems: isOpen,
  end: leave,
};

/** Bodies that are larger than what they may be: in chunks without an end, and unpacked. */
const largeBodies: Kind = {
  name: 'large-bodies',
  small: 8,
  full: 400,
  async act({ hub }, megabytes) {
    const host = `Host: localhost:${hub.port}`;
    const json = 'Content-Type: application/json';
    const megabyte = Buffer.alloc(2 ** 20, ' ');
    for (const path of [
      '/api/v1/series',
      '/api/v1/values',
      '/api/events',
      '/api/session',
      '/api/v1/run-actions',
    ]) {
      const socket = await tcp(hub.port);
      socket.write(lines(`POST ${path} HTTP/1.1`, host, json, 'Transfer-Encoding: chunked', ''));
      for (let at = 0; at < megabytes && !socket.destroyed; at++) {
        socket.write('100000\r\n');
        socket.write(megabyte);
        if (!socket.write('\r\n')) await drained(socket, 200);
      }
      const packed = gzipSync(Buffer.alloc(megabytes * 2 ** 20, ' '));
      const other = await tcp(hub.port);
      other.write(
        lines(
          `POST ${path} HTTP/1.1`,
          host,
          json,
          'Content-Encoding: gzip',
          `Content-Length: ${packed.length}`,
          '',
        ),
      );
      other.write(packed);
      await closed(other, 200);
    }
  },
  problems: isOpen,
  end: leave,
};

/** Connections that ask for nothing. */
const idle: Kind = {
  name: 'idle-connections',
  small: 200,
  full: 1_000,
  async act({ hub }, count) {
    for (let at = 0; at < count; at++) await tcp(hub.port);
  },
  problems: isOpen,
  end: leave,
};

/** Thousands of requests at once, of which no answer is read. */
const unread: Kind = {
  name: 'unread-answers',
  small: 2_000,
  full: 50_000,
  async act({ hub }, count) {
    const one = lines('GET /api/runs HTTP/1.1', `Host: localhost:${hub.port}`, '');
    for (let at = 0; at < 4; at++) {
      const socket = await tcp(hub.port);
      socket.pause();
      socket.write(one.repeat(count / 4));
    }
  },
  problems: isOpen,
  end: leave,
};

/** Long answers, each of which nobody reads: all tags of a run, their series, and a text that is not UTF-8. */
const unreadLong: Kind = {
  name: 'unread-long-answers',
  small: 10,
  full: 200,
  async act(scene, count) {
    const { logdir, hub } = scene;
    const run = 'unread-long-answers';
    const tags = Array.from({ length: 10_000 }, (_, at) => scalar(`${'\u0001'.repeat(90)}${at}`, 1, 1));
    const points = Array.from({ length: 50_000 }, (_, at) => scalar('loss', at, Math.random()));
    await writeRun(logdir, run, [
      fileVersion(),
      ...tags,
      ...points,
      textEvent(1, Buffer.alloc(7 * 2 ** 20, 0xff)),
    ]);
    const found = async () => (await scene.runs()).find((one) => one.run === run);
    await until(async () => (await found())?.readToEnd === true, hub.output);
    const addresses = [
      `/${HTTP.run}?run=${run}`,
      `/${API.blob}?run=${run}&tag=note&kind=text&index=0`,
      `/${API.series}?run=${run}`,
      `/${API.series}?run=${run}&tag=loss&format=csv`,
      `/${API.series}?run=${run}&tag=loss&points=100000`,
    ];
    for (let at = 0; at < count; at++) {
      const socket = await tcp(hub.port);
      socket.pause();
      socket.write(
        lines(`GET ${addresses[at % addresses.length]} HTTP/1.1`, `Host: localhost:${hub.port}`, ''),
      );
    }
  },
  async problems(scene) {
    const { status, body } = await scene.ask(`/${HTTP.run}?run=unread-long-answers`);
    if (status !== 200) return [`A long answer to somebody who reads has the status ${status}.`];
    const { tags } = JSON.parse(body.toString()) as { tags: unknown[] };
    return tags.length === 10_002 ? [] : [`A long answer lists ${tags.length} tags.`];
  },
  end: leave,
};

/** Requests that no client makes: of other protocols, with doubtful lengths, and of huge addresses and headers. */
const oddRequests: Kind = {
  name: 'odd-requests',
  small: 3,
  full: 200,
  async act({ hub }, rounds) {
    const host = `Host: localhost:${hub.port}`;
    const odd: readonly (string | Buffer)[] = [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      lines('GET /api/runs HTTP/1.1', host, 'Content-Length: 5', 'Transfer-Encoding: chunked', ''),
      lines('POST /api/v1/series HTTP/1.1', host, 'Content-Length: -1', ''),
      lines('GET /%00%ff%c0%af/..%2f..%2fetc/passwd HTTP/1.1', host, ''),
      lines('GET //stranger.example/ HTTP/1.1', host, ''),
      lines('GET http://stranger.example/api/runs HTTP/1.1', host, ''),
      lines(`GET /api/run?run=${'%f0'.repeat(15_000)} HTTP/1.1`, host, ''),
      lines(`GET /api/v1/series?${'run=a&'.repeat(8_000)} HTTP/1.1`, host, ''),
      lines('GET /api/runs HTTP/1.1', host, `Cookie: ${'a=b; '.repeat(12_000)}`, ''),
      lines('GET /api/runs HTTP/1.1', host, `X-A: ${'x'.repeat(200_000)}`, ''),
      lines(
        'GET /api/v1/blob?run=there-before&tag=loss HTTP/1.1',
        host,
        'Range: bytes=0-,1-,2-,-1,9999999999999999999-',
        '',
      ),
      lines('CONNECT stranger.example:443 HTTP/1.1', host, ''),
      lines('TRACE /api/runs HTTP/1.1', host, ''),
      '\0'.repeat(1_000),
    ];
    for (let round = 0; round < rounds; round++)
      for (const request of odd) {
        const socket = await tcp(hub.port);
        socket.resume();
        socket.end(request);
        await closed(socket, 500);
      }
  },
  problems: isOpen,
  end: leave,
};

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'SEARCH', 'get', 'M-SEARCH', 'X'];
const EXPECTED = ['100-continue', 'stranger.example', '100-continue, 200-maybe', ''];

/** Every address with methods that it does not take, and with what no server is to expect; connections upgraded to anything. */
const oddMethods: Kind = {
  name: 'odd-methods',
  small: 1,
  full: 30,
  async act({ hub }, rounds) {
    const host = `Host: localhost:${hub.port}`;
    const ask = async (request: string) => {
      const socket = await tcp(hub.port);
      socket.resume();
      socket.end(request);
      await closed(socket, 300);
    };
    for (let round = 0; round < rounds; round++)
      for (const address of [...Object.values(API), ...Object.values(HTTP), 'socket.io/', '', 'assets/x.js'])
        await Promise.all([
          ...METHODS.map((method) =>
            ask(lines(`${method} /${address} HTTP/1.1`, host, 'Content-Length: 2', '', '{}')),
          ),
          ...EXPECTED.map((expected) =>
            ask(
              lines(`POST /${address} HTTP/1.1`, host, `Expect: ${expected}`, 'Content-Length: 100000', ''),
            ),
          ),
          ...['h2c', 'TLS/1.0', 'websocket, h2c', ''].map((protocol) =>
            ask(lines(`GET /${address} HTTP/1.1`, host, 'Connection: Upgrade', `Upgrade: ${protocol}`, '')),
          ),
        ]);
  },
  problems: isOpen,
  end: leave,
};

export const STALLING_KINDS: readonly Kind[] = [
  halfFrames,
  slow,
  largeBodies,
  idle,
  unread,
  unreadLong,
  oddRequests,
  oddMethods,
];
