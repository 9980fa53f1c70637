/** Viewers, trainers and programs that ask too much, too often, for nonsense, or leave before the answer. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import type { Kind } from './kind.js';
import { askHub, type Scene } from './scene.js';
import { closed, openSender, openViewer } from './sockets.js';

/** One viewer that asks for something else all the time, and never waits for an answer. */
const messageFlood: Kind = {
  name: 'message-flood',
  small: 2_000,
  full: 200_000,
  async act(scene, count) {
    const viewers = await Promise.all([openViewer(scene), openViewer(scene)]);
    for (let at = 0; at < count; at++) {
      const viewer = viewers[at % 2]!;
      const runs = at % 3 === 0 ? ['there-before'] : [`gone-${at}`, 'there-before'];
      viewer.emit('watch', { runs, mapsOf: runs[0], tags: [`tag-${at}`], lookedAt: [] }, () => undefined);
      viewer.emit('follow', { run: `run-${at}` }, () => undefined);
      viewer.emit('ask', { run: 'there-before', request: { ask: 'capture' } }, () => undefined);
      if (at % 200 === 199) await delay(1);
    }
    await delay(200);
    for (const viewer of viewers) viewer.disconnect();
  },
};

/** Trainers that open run after run, and close without a word. */
const manyOpens: Kind = {
  name: 'many-opens',
  small: 40,
  full: 2_000,
  async act(scene, count) {
    const names = [
      '..',
      '/etc/passwd',
      '.convscope/trash',
      'a/../../b',
      '',
      'x'.repeat(5_000),
      'con\0',
      '.',
      'a//b',
    ];
    const sender = await openSender(scene);
    for (let at = 0; at < count; at++)
      await sender
        .open(at < names.length ? names[at]! : `many-opens-${at}`)
        .catch(() => ({ ok: false, error: 'The hub has closed the connection.' }));
    sender.close();
  },
  async problems(scene) {
    const listed = (await scene.runs()).map(({ run }) => run);
    const beyond = listed.filter((run) => run.includes('..') || run.startsWith('/') || run.startsWith('.'));
    return beyond.length === 0 ? [] : [`A trainer made the runs ${JSON.stringify(beyond)}.`];
  },
};

const left: Socket[] = [];

/** Large answers that are asked for and left after the first bytes. */
const aborted: Kind = {
  name: 'aborted-answers',
  small: 40,
  full: 2_000,
  async act({ hub }, count) {
    const paths = [
      `/${API.export}?run=there-before`,
      `/${API.series}?format=csv`,
      `/${API.series}?format=json&points=100000`,
      `/${API.listing}`,
      '/',
    ];
    await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        await delay(at * 5);
        const socket = connect(hub.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(
          `GET ${paths[at % paths.length]} HTTP/1.1\r\nHost: localhost:${hub.port}\r\nAccept-Encoding: gzip, br\r\n\r\n`,
        );
        socket.once('data', () => socket.resetAndDestroy());
        await closed(socket, 5_000);
        socket.destroy();
      }),
    );
  },
};

/** Exports that are asked for and not read: each begins with megabytes. */
const unreadExports: Kind = {
  name: 'unread-exports',
  small: 150,
  full: 400,
  async act({ hub }, count) {
    for (let at = 0; at < count; at++) {
      const socket = connect(hub.port, '127.0.0.1');
      left.push(socket);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(`GET /${API.export}?run=there-before HTTP/1.1\r\nHost: localhost:${hub.port}\r\n\r\n`);
    }
    await delay(1_000);
  },
  async problems(scene) {
    // How large an export would be is said meanwhile.
    const { status } = await scene.ask(`/${API.export}?run=there-before&size=1`);
    return status === 200 ? [] : [`The size of an export is answered with ${status}.`];
  },
  async end() {
    for (const socket of left.splice(0)) socket.destroy();
  },
};

const NUMBERS = [
  'NaN',
  '1e309',
  '-1',
  '0x10',
  '',
  ' 1',
  '1e-320',
  '9007199254740993',
  '٣',
  '1_000',
  '-0',
  '1;2',
];

/** Every parameter with every number that is none, and methods and headers that no address takes. */
const oddQueries: Kind = {
  name: 'odd-queries',
  small: 1,
  full: 20,
  async act() {},
  async problems(scene, rounds) {
    const problems: string[] = [];
    const look = async (path: string, headers: Record<string, string> = {}) => {
      const { status, body } = await scene.ask(path, { ...scene.headers, ...headers });
      if (status >= 500)
        problems.push(`${path} is answered with ${status}: ${body.toString().slice(0, 100)}`);
      if (status >= 400 && body.length > 1_000)
        problems.push(`${path.slice(0, 80)} is refused with ${body.length} bytes.`);
    };
    for (let round = 0; round < rounds; round++) {
      for (const number of NUMBERS) {
        const n = encodeURIComponent(number);
        for (const name of [
          'from',
          'to',
          'width',
          'points',
          'smoothing',
          'x',
          'outline',
          'replaced',
          'format',
        ])
          await look(`/${API.series}?run=there-before&tag=loss&${name}=${n}`);
        await look(`/${API.values}?run=there-before&tag=loss&at=${n}&find=${n}&median=${n}`);
        await look(
          `/${API.export}?run=there-before&size=1&every=${n}&layers=${n}&probes=${n}&from=${n}&to=${n}`,
        );
        await look(`/${API.blob}?run=there-before&tag=loss&kind=${n}&index=${n}&step=${n}`);
        await look(`/${HTTP.index}?run=there-before&tag=loss&kind=scalar&generation=${n}&from=${n}`);
        await look(`/${HTTP.event}?run=there-before&generation=${n}&file=${n}&offset=${n}&length=${n}`);
        await look(`/${HTTP.run}?run=there-before`, { Range: `bytes=${number.replace(/[^ -~]/g, '')}` });
      }
      for (const [name, value] of [
        ['If-None-Match', '"x",'.repeat(2_000)],
        ['If-Modified-Since', 'Thu, 99 Foo 99999 25:61:61 GMT'],
        ['Accept-Encoding', 'gzip;q=NaN, br;q=9e99, *;q=-1, '.repeat(200)],
        ['Accept', ','.repeat(8_000)],
        ['Transfer-Encoding', 'chunked'],
        ['Expect', '100-continue'],
      ] as const)
        for (const path of ['/', `/${API.listing}`, `/${HTTP.runs}`, '/assets/'])
          await look(path, { [name]: value });
      problems.push(...(await badBodies(scene)));
    }
    return problems;
  },
};

/** JSON bodies that are almost what is asked for. */
async function badBodies(scene: Scene): Promise<readonly string[]> {
  const problems: string[] = [];
  const bodies = [
    '{"runs":["there-before"],"tags":[[]]}',
    `{"runs":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"runs":[${'"a",'.repeat(200_000)}"b"]}`,
    '{"__proto__":{"runs":["x"]},"constructor":1}',
    '{"run":"there-before","generation":1,"events":[[0,-1,1e300]],"indexes":[["loss","scalar",-1]]}',
    '{"run":"there-before","generation":1,"histories":[{"tag":"loss","kind":"channels","from":1e300,"findDuplicates":1}]}',
    `{"action":"annotate","runs":["${'a/'.repeat(100)}"],"label":"\\ud800"}`,
    '{"action":"delete","runs":["../..","."," ","there-before/.."]}',
    '{"action":"restore","deleted":["../../etc","1700000000000-000000000000"]}',
    '"\\ud800"',
    'null',
    '[]',
    '\ufeff{}',
  ];
  for (const path of [
    API.series,
    API.values,
    API.summaries,
    HTTP.events,
    HTTP.indexes,
    HTTP.histories,
    HTTP.session,
    API.runActions,
  ])
    for (const body of bodies) {
      const headers = {
        ...scene.headers,
        Host: `localhost:${scene.hub.port}`,
        'Content-Type': 'application/json',
      };
      const { status } = await askHub(scene.hub.port, `/${path}`, headers, body);
      if (status >= 500) problems.push(`POST ${path} ${body.slice(0, 60)} is answered with ${status}.`);
    }
  return problems;
}

export const FLOOD_KINDS: readonly Kind[] = [messageFlood, manyOpens, aborted, unreadExports, oddQueries];
