import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Socket as ClientSocket } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { uid } from '../testing/run-bytes.js';
import {
  connected,
  senderSocket,
  startSender,
  startTestHub,
  TOKEN,
  viewerSocket,
  watch,
} from '../testing/test-hub.js';

const VIEW = 'view-token-0123456789-0123456789-0123';
// The name is what the options say; the test still reaches it on loopback.
const GUARDED = { host: '192.0.2.1', viewToken: VIEW };
/** More than there are places for. */
const STRANGERS = 80;
const SECURITY_HEADERS = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
];

const HANDSHAKE = {
  Host: 'localhost',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};
const SOCKET_PATH = '/socket.io/?EIO=4&transport=websocket';

function requestText(path: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A WebSocket that says nothing, or what it is told to. It is open, or was closed already. */
async function stranger(hub: { port: number }, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = connect(hub.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(requestText(SOCKET_PATH, { ...HANDSHAKE, ...headers }));
  await new Promise((resolve) => {
    socket.once('data', resolve);
    socket.once('close', resolve);
  });
  socket.resume();
  return socket;
}

/** A text message, masked with zeros. */
function message(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(14);
  header[0] = 0x81;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

async function isClosed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close');
}

async function cookieOf(hub: { url: string }): Promise<string> {
  const answer = await fetch(`${hub.url}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: VIEW }),
  });
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

describe('strangers that open more connections than the hub has', () => {
  it('keep neither a viewer with the cookie nor a trainer out, whatever they do', async () => {
    const hub = await startTestHub(GUARDED);
    const Cookie = await cookieOf(hub);
    const strangers = await Promise.all(Array.from({ length: STRANGERS }, () => stranger(hub)));
    let goesOn = true;
    // Each that is cut off comes anew.
    const attacks = strangers.map(async (socket) => {
      await isClosed(socket);
      while (goesOn) await isClosed(await stranger(hub));
    });
    for (let i = 0; i < 5; i++) {
      const viewer = await connected(viewerSocket(hub, { extraHeaders: { Cookie } }));
      await watch(viewer, { runs: [], mapsOf: null, tags: [] });
      const sender = await startSender(hub, { extraHeaders: { Authorization: `Bearer ${TOKEN}` } });
      expect(
        await sender.open({ runUid: uid('a'), run: 'run', file: 'events.out.tfevents.1' }),
      ).toMatchObject({
        ok: true,
      });
      viewer.disconnect();
      sender.socket.disconnect();
    }
    goesOn = false;
    await hub.close();
    await Promise.all(attacks);
  });

  it('do not keep a sender out that shows its token only after it has connected', async () => {
    const hub = await startTestHub(GUARDED);
    await Promise.all(Array.from({ length: STRANGERS }, () => stranger(hub)));
    await connected(senderSocket(hub));
  });
});

describe('a stranger', () => {
  it('is cut off when it says nothing', async () => {
    const hub = await startTestHub(GUARDED);
    await isClosed(await stranger(hub));
  });

  it('is cut off when it says more than a small message', async () => {
    const hub = await startTestHub(GUARDED);
    const socket = await stranger(hub);
    const before = performance.now();
    // It claims four megabytes, and sends the first few kilobytes.
    socket.write(message('x'.repeat(4_000_000)).subarray(0, LIMITS.strangerBytes + 1));
    await isClosed(socket);
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it('with a wrong token or cookie is one like any other', async () => {
    const hub = await startTestHub(GUARDED);
    const wrong = { Authorization: 'Bearer wrong', Cookie: `convscope-${hub.port}=wrong` };
    const socket = await stranger(hub, wrong);
    socket.write(message('x'.repeat(LIMITS.strangerBytes)));
    await isClosed(socket);
  });
});

describe('a viewer', () => {
  it('is cut off when a message is larger than any that names what it watches', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gone = new Promise((resolve) => viewer.once('disconnect', resolve));
    viewer.emit(
      'watch',
      { runs: ['x'.repeat(2 * LIMITS.viewerBytes)], mapsOf: null, tags: [] },
      () => undefined,
    );
    await gone;
  });

  it('may watch as much as the protocol allows', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const runs = Array.from({ length: 64 }, (_, i) => `${i} ${'r'.repeat(500)}`);
    const tags = Array.from({ length: 256 }, (_, i) => `${i} ${'t'.repeat(1000)}`);
    expect(await watch(viewer, { runs, mapsOf: null, tags })).toEqual([]);
  });

  it('is cut off when it sends credits without end', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gone = new Promise((resolve) => viewer.once('disconnect', resolve));
    for (let i = 0; i < 20_000; i++) viewer.emit('credit', { run: 'run', tag: 'tag' });
    await gone;
  });
});

describe('bytes that are attached to messages', () => {
  // Nine of ten: the message is never whole.
  const write = (socket: ClientSocket, path: string, event: string, bytes: number) => {
    socket.io.engine.write(`510-${path},["${event}",{"_placeholder":true,"num":0}]`);
    for (let at = 0; at < 9; at++) socket.io.engine.write(Buffer.alloc(bytes / 2));
  };

  it.each([
    ['a viewer', viewerSocket, '/live', 'watch', LIMITS.viewerBytes],
    ['a trainer', senderSocket, '/ingest', 'write', LIMITS.ingestBytes],
  ] as const)(
    'cut %s off when there are more of them than a message may have',
    async (_, open, path, event, bytes) => {
      const hub = await startTestHub();
      const socket = await connected(open(hub) as ClientSocket);
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      write(socket, path, event, bytes);
      await gone;
    },
  );
});

describe('what the hub answers on a socket', () => {
  const refusals: [string, string, Record<string, string>, number][] = [
    ['a foreign Host', SOCKET_PATH, { ...HANDSHAKE, Host: 'evil.example' }, 403],
    ['a foreign Origin', SOCKET_PATH, { ...HANDSHAKE, Origin: 'http://evil.example' }, 403],
    ['a foreign site', SOCKET_PATH, { ...HANDSHAKE, 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['another path', '/evil.example/', HANDSHAKE, 404],
    ['another transport', '/socket.io/?EIO=4&transport=evil.example', HANDSHAKE, 400],
    ['another version of the protocol', '/socket.io/?EIO=3&transport=websocket', HANDSHAKE, 400],
    ['a session', `${SOCKET_PATH}&sid=evil.example`, HANDSHAKE, 400],
    ['a bad key', SOCKET_PATH, { ...HANDSHAKE, 'Sec-WebSocket-Key': 'evil.example' }, 400],
    ['another protocol', SOCKET_PATH, { ...HANDSHAKE, Upgrade: 'evil.example' }, 400],
    ['a subprotocol', SOCKET_PATH, { ...HANDSHAKE, 'Sec-WebSocket-Protocol': 'evil.example' }, 400],
    ['long polling', '/socket.io/?EIO=4&transport=polling', { Host: 'localhost', Connection: 'close' }, 400],
    ['no transport', '/socket.io/', { Host: 'localhost', Connection: 'close' }, 400],
    [
      'what it is not asked to expect',
      '/',
      { Host: 'localhost', Connection: 'close', Expect: 'evil.example' },
      417,
    ],
    ['bad HTTP', '/', { Host: 'localhost', 'evil.example evil.example': '' }, 400],
    ['headers without end', '/', { Host: 'localhost', evil: 'evil.example'.repeat(10_000) }, 431],
  ];

  it.each(refusals)(
    'to %s has the security headers and repeats nothing',
    async (_, path, headers, status) => {
      const hub = await startTestHub();
      const socket = connect(hub.port, '127.0.0.1', () => socket.write(requestText(path, headers)));
      let answer = '';
      socket.on('data', (part) => {
        answer += part.toString('latin1');
      });
      await once(socket, 'close');
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      for (const name of SECURITY_HEADERS) expect(head.toLowerCase()).toContain(`\r\n${name}: `);
      expect(head).toMatch(/\r\nContent-Type: (text\/plain|application\/json); charset=utf-8\r\n/i);
      expect(answer).not.toContain('evil');
      expect(body).toMatch(/\.("})?\n?$/);
    },
  );

  it('to one that it takes has the security headers too', async () => {
    const hub = await startTestHub();
    const socket = connect(hub.port, '127.0.0.1', () => socket.write(requestText(SOCKET_PATH, HANDSHAKE)));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    const head = first.toString('latin1').toLowerCase();
    expect(head).toMatch(/^http\/1\.1 101 /);
    for (const name of SECURITY_HEADERS) expect(head).toContain(`\r\n${name}: `);
  });
});
