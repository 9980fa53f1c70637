/** Strangers and viewers that a hub must survive. */
import type { Socket as TcpSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { INGEST_NAMESPACE } from '@convscope/shared/protocol/ingest.js';
import type { Kind } from './kind.js';
import { askHub } from './scene.js';
import { closed, connectTo, heard, openSender, openViewer, textFrame, upgrade } from './sockets.js';

const HEADERS = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
] as const;

/** Strangers keep sockets open, and open others when they are closed, while viewer and trainer want to get in. */
const beforeLogin: Kind = {
  name: 'sockets-before-login',
  guarded: true,
  small: 300,
  full: 600,
  async act({ hub }, count) {
    flood = startFlood(hub.port);
    for (let i = 0; i < count; i += 20) await flood.grow(20);
  },
  async problems(scene) {
    const problems: string[] = [];
    try {
      (await openViewer(scene)).disconnect();
    } catch (error) {
      problems.push(`A viewer with the cookie is not let in: ${String(error)}.`);
    }
    try {
      (await openSender(scene)).close();
    } catch (error) {
      problems.push(`A trainer with the token is not let in: ${String(error)}.`);
    }
    return problems;
  },
  end: async () => flood?.stop(),
};

interface Flood {
  /** Resolves when so many more strangers have asked once. */
  grow(strangers: number): Promise<void>;
  stop(): Promise<void>;
}
let flood: Flood | undefined;

function startFlood(port: number): Flood {
  let going = true;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const open = new Set<TcpSocket>();
  const all: Promise<void>[] = [];
  async function stay(asked: () => void): Promise<void> {
    while (going) {
      const { socket, answer } = await upgrade(port);
      asked();
      open.add(socket);
      while (going && answer.startsWith('HTTP/1.1 101') && !socket.closed) await closed(socket, 1_000);
      open.delete(socket);
      socket.destroy();
      // As one who waits for a place. Asking without a pause would be a load of another kind.
      if (going)
        await Promise.race([delay(5_000 + Math.random() * 5_000, undefined, { ref: false }), stopped]);
    }
  }
  return {
    async grow(strangers) {
      const first = Array.from(
        { length: strangers },
        () => new Promise<void>((resolve) => all.push(stay(resolve))),
      );
      await Promise.all(first);
    },
    async stop() {
      going = false;
      stop();
      for (const socket of open) socket.destroy();
      await Promise.all(all);
    },
  };
}

/** Megabytes from those who have no use for them. */
const hugeMessages: Kind = {
  name: 'huge-messages',
  small: 8,
  full: 200,
  async act(scene, count) {
    const text = Buffer.alloc(4 * 1024 * 1024, 'x');
    for (let i = 0; i < count; i++) {
      const { socket, answer } = await upgrade(scene.hub.port);
      if (!answer.startsWith('HTTP/1.1 101')) continue;
      socket.write(textFrame(text));
      await closed(socket, 500);
      socket.destroy();
      const viewer = await openViewer(scene);
      viewer.emit('watch', { runs: ['x'.repeat(2 * 1024 * 1024)], mapsOf: null, tags: [] }, () => undefined);
      await heard(viewer, 'disconnect', 100);
      viewer.disconnect();
    }
  },
};

/** Messages that claim ten attachments, of which nine come. */
const attachedBytes: Kind = {
  name: 'attached-bytes',
  small: 10,
  full: 400,
  async act(scene, count) {
    const part = Buffer.alloc(500_000);
    const viewers = [];
    for (let at = 0; at < count; at++) {
      const viewer = await openViewer(scene);
      viewers.push(viewer);
      viewer.io.engine.write('510-/live,["watch",{"_placeholder":true,"num":0}]');
      for (let sent = 0; sent < 9; sent++) viewer.io.engine.write(part);
    }
    await Promise.all(viewers.map((viewer) => heard(viewer, 'disconnect', 1_000)));
    for (const viewer of viewers) viewer.disconnect();
  },
};

/** Messages of one namespace in the other, of none, and with what no message holds. */
const wrongMessages: Kind = {
  name: 'wrong-messages',
  small: 5,
  full: 200,
  async act(scene, rounds) {
    for (let i = 0; i < rounds; i++) {
      const viewer = await openViewer(scene);
      const nothing = () => undefined;
      for (const message of [null, 7, 'x', [], {}, { runs: 5 }, { runs: Array<string>(10_000).fill('r') }]) {
        viewer.emit('watch', message, nothing);
        viewer.emit('watch', message);
        viewer.emit('credit', message);
        viewer.emit('ping', message);
        viewer.emit('open', message, nothing);
        viewer.emit('write', message, Buffer.alloc(10), nothing);
        viewer.emit('nonsense', message);
      }
      const strangers = ['/', '/nope', INGEST_NAMESPACE].map((name) => connectTo(scene, name));
      await Promise.all(strangers.map((one) => heard(one, 'connect_error', 1_000)));
      for (const socket of [viewer, ...strangers]) socket.disconnect();
      for (const packet of [
        '42',
        '40/live,{',
        '451-["x",{"_placeholder":true,"num":9}]',
        '9',
        '\0',
        '4'.repeat(999),
      ]) {
        const { socket } = await upgrade(scene.hub.port);
        socket.write(textFrame(Buffer.from(packet)));
        socket.end();
      }
    }
  },
};

/** Refused upgrades, and answers below socket.io's path. */
const refusals: Kind = {
  name: 'refused-upgrades',
  small: 1,
  full: 100,
  async act({ hub }, rounds) {
    for (let i = 0; i < rounds; i++)
      for (const headers of refusedHeaders(hub.port)) (await upgrade(hub.port, headers)).socket.destroy();
  },
  async problems({ hub }) {
    const problems: string[] = [];
    const look = (what: string, head: string, body: string) => {
      const missing = HEADERS.filter((name) => !head.toLowerCase().includes(`${name}:`));
      if (missing.length > 0) problems.push(`${what}: without ${missing.join(', ')}.`);
      if (body.includes('stranger.example')) problems.push(`${what}: repeats what was sent.`);
    };
    for (const headers of refusedHeaders(hub.port)) {
      const { socket, answer } = await upgrade(hub.port, headers);
      socket.destroy();
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      if (head.startsWith('HTTP/1.1 101'))
        problems.push(`An upgrade with ${JSON.stringify(headers)} is let in.`);
      else look(`A refused upgrade (${head.split('\r\n')[0]})`, head, body);
    }
    for (const path of [
      '/socket.io/',
      '/socket.io/?EIO=4&transport=polling',
      '/socket.io/?transport=websocket',
    ]) {
      const answer = await askHub(hub.port, path, { Host: `localhost:${hub.port}` });
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      look(`${path} (${answer.status})`, head.join('\n'), answer.body.toString());
    }
    return problems;
  },
};

function refusedHeaders(port: number): Record<string, string>[] {
  return [
    { Host: 'stranger.example' },
    { Origin: 'http://stranger.example' },
    { Host: `localhost:${port}`, Origin: 'null' },
    { path: '/socket.io/?EIO=3&transport=stranger.example' },
  ];
}

export const SOCKET_KINDS: readonly Kind[] = [
  beforeLogin,
  hugeMessages,
  attachedBytes,
  wrongMessages,
  refusals,
];
