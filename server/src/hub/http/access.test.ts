import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { BLOB_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it } from 'vitest';
import { picture, runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  senderSocket,
  startTestHub,
  type TestHub,
  TOKEN,
  temporaryFolder,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';
import { isLoopback } from './access.js';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with exactly these headers; fetch would choose Host and Origin by itself. */
function ask(
  hub: { port: number },
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host: '127.0.0.1', port: hub.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The first line and headers of the answer to a raw request. */
function askRaw(hub: { port: number }, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(hub.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const TAG_WITH_MARKUP = '<img src=x onerror=alert(1)>"\'&<script>alert(2)</script>';

async function hubWithRun(options: Parameters<typeof startTestHub>[0] = {}): Promise<TestHub> {
  const root = join(await temporaryFolder(), 'runs');
  await mkdir(join(root, 'run'), { recursive: true });
  await writeFile(
    join(root, 'run', TORCH_FILE),
    Buffer.concat([runHead(uid('a')), scalar(TAG_WITH_MARKUP, 1, 1), picture('map', 2, 300)]),
  );
  await writeFile(join(root, 'secret.txt'), 'secret');
  const hub = await startTestHub({ logdir: root, ...options });
  await waitFor(() => expect(hub.logdir.runs.get('run')?.index.lastStep).toBe(2));
  return hub;
}

describe('a foreign Host', () => {
  it.each([
    'evil.example',
    'evil.example:6180',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    'localhost@evil.example',
    '[::2]',
    '192.168.1.7:80',
    'localhost:',
    '0.0.0.0',
    '"',
  ])('%j is refused for pages, runs, writes and sockets', async (host) => {
    const hub = await hubWithRun();
    for (const path of ['/', '/api/runs', '/api/session', '/assets/x.js']) {
      expect(await ask(hub, path, { headers: { Host: host } })).toMatchObject({
        status: 403,
        body: expect.stringContaining('--allow-host'),
      });
    }
    expect(
      (await ask(hub, '/api/session', { method: 'POST', headers: { Host: host }, body: '{}' })).status,
    ).toBe(403);
    await expect(connected(viewerSocket(hub, { extraHeaders: { Host: host } }))).rejects.toThrow();
    await expect(connected(senderSocket(hub, { extraHeaders: { Host: host } }))).rejects.toThrow();
  });

  it('that is missing is refused', async () => {
    const hub = await hubWithRun();
    expect(await askRaw(hub, 'GET /api/runs HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    // Two of them, or one in the request line, do not help either.
    expect(
      await askRaw(
        hub,
        'GET http://localhost/api/runs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 403 /);
    for (const hosts of [
      'Host: localhost\r\nHost: evil.example',
      'Host: localhost\r\nHost: localhost',
      'Host:',
      'Host: ',
    ]) {
      expect(await askRaw(hub, `GET /api/runs HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 40[03] /,
      );
    }
  });

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:99', '[::1]', '[::1]:6180'])(
    'does not include %s',
    async (host) => {
      const hub = await hubWithRun();
      expect((await ask(hub, '/api/runs', { headers: { Host: host } })).status).toBe(200);
    },
  );

  it('is welcome when it is on the list', async () => {
    const hub = await hubWithRun({ allowHosts: ['lab.example', 'box.example:8080'] });
    const status = async (host: string) => (await ask(hub, '/api/runs', { headers: { Host: host } })).status;
    expect([
      await status('lab.example'),
      await status('lab.example:99'),
      await status('Lab.Example'),
    ]).toEqual([200, 200, 200]);
    expect([
      await status('box.example:8080'),
      await status('box.example'),
      await status('other.example'),
    ]).toEqual([200, 403, 403]);
  });
});

describe('a foreign Origin', () => {
  const origins = [
    'http://evil.example',
    'https://localhost.evil.example',
    'http://localhost:1',
    'null',
    'file://',
    'http://127.0.0.1',
    '',
  ];

  it.each(origins)('%j is refused over HTTP', async (origin) => {
    const hub = await hubWithRun();
    const headers = { Host: `localhost:${hub.port}`, Origin: origin };
    for (const path of ['/', '/api/runs', '/api/run?run=run']) {
      const answer = await ask(hub, path, { headers });
      expect(answer.status).toBe(403);
      expect(answer.body).not.toContain('runUid');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(
      (
        await ask(hub, '/api/session', {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: '{"token":"x"}',
        })
      ).status,
    ).toBe(403);
    expect(
      (
        await ask(hub, '/api/runs', {
          method: 'OPTIONS',
          headers: { ...headers, 'Access-Control-Request-Method': 'DELETE' },
        })
      ).status,
    ).toBe(403);
  });

  it.each(origins)('%j is refused on sockets, with the right token too', async (origin) => {
    const hub = await hubWithRun();
    await expect(connected(viewerSocket(hub, { extraHeaders: { Origin: origin } }))).rejects.toThrow();
    await expect(connected(senderSocket(hub, { extraHeaders: { Origin: origin } }))).rejects.toThrow();
  });

  it('is none when it is the Host, or when there is none', async () => {
    const hub = await hubWithRun();
    await connected(viewerSocket(hub, { extraHeaders: { Origin: hub.url } }));
    await connected(viewerSocket(hub));
    expect(
      (await ask(hub, '/api/runs', { headers: { Origin: hub.url, Host: `127.0.0.1:${hub.port}` } })).status,
    ).toBe(200);
  });

  it('shows in Sec-Fetch-Site as well, where pages embed without an Origin', async () => {
    const hub = await hubWithRun();
    for (const site of ['cross-site', 'same-site']) {
      expect((await ask(hub, '/api/runs', { headers: { 'Sec-Fetch-Site': site } })).status).toBe(403);
    }
    expect((await ask(hub, '/api/runs', { headers: { 'Sec-Fetch-Site': 'same-origin' } })).status).toBe(200);
    // A link to the page is not an attack.
    expect((await ask(hub, '/', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).not.toBe(403);
  });
});

describe('paths and parameters', () => {
  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/%00',
    '/%',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  ])('%s leads to no file', async (path) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'page', 'assets'), { recursive: true });
    await writeFile(join(folder, 'page', 'index.html'), 'page');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const hub = await hubWithRun({ clientDirectory: join(folder, 'page') });
    const answer = await askRaw(hub, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toContain('secret\n');
  });

  it.each([
    '..',
    '../../..',
    '/etc',
    'run/..',
    'run/../run',
    './run',
    'run/',
    'RUN',
    '',
    '__proto__',
    'constructor',
  ])('run=%j is not a run', async (run) => {
    const hub = await hubWithRun();
    const answer = await ask(hub, `/api/run?run=${encodeURIComponent(run)}`);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringMatching(/\.$/) });
  });

  it('of events are those of the index, or nothing', async () => {
    const hub = await hubWithRun();
    const { generation } = hub.logdir.runs.get('run')!.index;
    const index = await fetch(`${hub.url}/api/index?run=run&tag=map&kind=image&generation=${generation}`);
    const row = new DataView(await index.arrayBuffer());
    expect(row.byteLength).toBe(BLOB_ROW_BYTES);
    const [offset, length, file] = [
      row.getFloat64(16, true),
      row.getUint32(24, true),
      row.getUint32(28, true),
    ];
    const event = (values: Record<string, string | number>) =>
      ask(
        hub,
        `/api/event?${new URLSearchParams({ run: 'run', generation: String(generation), file: String(file), offset: String(offset), length: String(length), ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])) })}`,
      );
    expect(await event({})).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
    });
    for (const wrong of [
      { offset: 0 },
      { offset: offset + 1 },
      { length: length + 1 },
      { length: 1 },
      { file: 1 },
      { file: 99 },
    ])
      expect((await event(wrong)).status).toBe(404);
    for (const wrong of [
      { offset: -1 },
      { length: '1e3' },
      { file: '../x' },
      { length: '' },
      { offset: '0x10' },
      { length: '9'.repeat(40) },
    ])
      expect((await event(wrong)).status).toBe(400);
    expect((await event({ generation: generation - 1 })).status).toBe(409);
    expect((await event({ run: 'other' })).status).toBe(404);
  });

  it('of a wrong generation answer 409, of an unknown tag 404, missing ones 400', async () => {
    const hub = await hubWithRun();
    const { generation } = hub.logdir.runs.get('run')!.index;
    const index = (query: string) => ask(hub, `/api/index?run=run&kind=image&${query}`);
    expect((await index(`tag=map&generation=${generation}`)).status).toBe(200);
    expect((await index('tag=map&generation=1')).status).toBe(409);
    expect((await index(`tag=none&generation=${generation}`)).status).toBe(404);
    expect((await index(`generation=${generation}`)).status).toBe(400);
    expect((await index(`tag=${'x'.repeat(5000)}&generation=${generation}`)).status).toBe(400);
    // Beyond the end there are no rows yet.
    expect(await index(`tag=map&generation=${generation}&from=1000`)).toMatchObject({
      status: 200,
      body: '',
    });
    expect((await ask(hub, '/api/nonsense')).status).toBe(404);
  });

  it('only reads: no method but GET and HEAD is taken, and a GET changes nothing', async () => {
    const hub = await hubWithRun();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/api/runs', '/api/run?run=run', '/', '/api/event'])
        expect((await ask(hub, path, { method })).status, `${method} ${path}`).toBe(405);
    }
    expect(await ask(hub, '/api/runs', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await readdir(join(hub.root, 'run'))).toEqual([TORCH_FILE]);
  });
});

describe('what the hub sends', () => {
  it('never makes markup out of a tag', async () => {
    const hub = await hubWithRun();
    const tag = encodeURIComponent(TAG_WITH_MARKUP);
    for (const path of [
      '/api/runs',
      '/api/run?run=run',
      `/api/v1/series?run=run&tag=${tag}`,
      `/api/run?run=${tag}`,
      `/api/v1/series?run=${tag}&tag=x&format=json`,
      `/${tag}`,
      `/api/${tag}`,
    ]) {
      const answer = await ask(hub, path);
      expect(answer.headers['content-type'], path).toMatch(
        /^(application\/json|application\/octet-stream|text\/plain)/,
      );
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    }
    const detail = JSON.parse((await ask(hub, '/api/run?run=run')).body) as { tags: { tag: string }[] };
    expect(detail.tags.map(({ tag }) => tag)).toContain(TAG_WITH_MARKUP);
  });

  it('lets pages of the origins that are allowed show it in a frame, and no others', async () => {
    const hub = await hubWithRun({ allowEmbedding: ['http://localhost:8888'] });
    const { headers } = await ask(hub, '/');
    expect(headers['content-security-policy']).toContain("; frame-ancestors 'self' http://localhost:8888;");
  });

  it.each(['/', '/api/runs', '/api/none', '/none.js', '/api/session'])(
    'has the headers that close the page on %s',
    async (path) => {
      const hub = await hubWithRun();
      const { headers } = await ask(hub, path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:|http/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  it('never holds the ingest token', async () => {
    const hub = await hubWithRun();
    for (const path of ['/', '/api/runs', '/api/session', '/api/run?run=run']) {
      const { body, headers } = await ask(hub, path);
      expect(body + JSON.stringify(headers)).not.toContain(TOKEN);
    }
  });
});

describe('on loopback', () => {
  it('viewing is open, and the page brings the cookie for control', async () => {
    const hub = await hubWithRun();
    expect(JSON.parse((await ask(hub, '/api/session')).body)).toMatchObject({
      logdir: hub.root,
      readOnly: true,
    });
    const { headers } = await ask(hub, '/');
    const [cookie] = headers['set-cookie'] as string[];
    expect(cookie).toMatch(
      new RegExp(`^convscope-${hub.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    const Cookie = cookie!.split(';')[0]!;
    expect(JSON.parse((await ask(hub, '/api/session', { headers: { Cookie } })).body)).toMatchObject({
      readOnly: false,
    });
    expect(
      JSON.parse((await ask(hub, '/api/session', { headers: { Cookie: `${Cookie}x` } })).body),
    ).toMatchObject({ readOnly: true });
    expect(
      JSON.parse((await ask(hub, '/api/session', { headers: { Cookie: `a=b; ${Cookie}; c=d` } })).body),
    ).toMatchObject({ readOnly: false });
  });

  it('the cookie outlives a restart of the hub', async () => {
    const first = await hubWithRun();
    const Cookie = ((await ask(first, '/')).headers['set-cookie'] as string[])[0]!.split(';')[0]!;
    await first.close();
    const second = await startTestHub({ logdir: first.root, port: first.port });
    expect(JSON.parse((await ask(second, '/api/session', { headers: { Cookie } })).body)).toMatchObject({
      readOnly: false,
    });
  });

  it('is what these addresses are', () => {
    expect(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(
      [
        '0.0.0.0',
        '::',
        '192.168.0.1',
        'example.com',
        '127.0.0.1.evil.example',
        'localhost.evil.example',
        '',
      ].map(isLoopback),
    ).toEqual(Array(7).fill(false));
  });
});

describe('beyond loopback', () => {
  const VIEW = 'view-token-0123456789-0123456789-0123';
  // The name is what the options say; the test still reaches it on loopback.
  const guarded = { host: '192.0.2.1', viewToken: VIEW };

  async function cookieOf(hub: TestHub): Promise<string> {
    const answer = await ask(hub, '/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: VIEW }),
    });
    expect(answer.status).toBe(200);
    return (answer.headers['set-cookie'] as string[])[0]!.split(';')[0]!;
  }

  it('nothing but the page is to be had without the cookie', async () => {
    const hub = await hubWithRun(guarded);
    for (const path of [
      '/api/runs',
      '/api/run?run=run',
      '/api/session',
      '/api/v1/series?run=run&tag=x',
      '/api/index',
      '/api/event',
    ]) {
      expect(await ask(hub, path), path).toMatchObject({
        status: 401,
        body: expect.stringContaining('#token'),
      });
    }
    const page = await ask(hub, '/');
    expect(page.headers['set-cookie']).toBeUndefined();
    await expect(connected(viewerSocket(hub))).rejects.toThrow(/#token/);
    await expect(
      connected(viewerSocket(hub, { extraHeaders: { Cookie: `convscope-${hub.port}=wrong` } })),
    ).rejects.toThrow(/#token/);
  });

  it('the token gives the cookie, and the cookie everything', async () => {
    const hub = await hubWithRun(guarded);
    const Cookie = await cookieOf(hub);
    expect((await ask(hub, '/api/runs', { headers: { Cookie } })).status).toBe(200);
    const viewer = await connected(viewerSocket(hub, { extraHeaders: { Cookie } }));
    expect(await watch(viewer, { runs: ['run'], mapsOf: null, tags: [] })).toHaveLength(1);
    // Senders have their own token, wherever they are.
    await connected(senderSocket(hub));
  });

  it.each([
    ['{"token":"wrong"}', 401],
    [`{"token":"${TOKEN}"}`, 401],
    ['{"token":""}', 401],
    ['{"token":5}', 400],
    ['{}', 400],
    ['nonsense', 400],
    [`{"token":"${'x'.repeat(5000)}"}`, 413],
  ])('a session for %s is refused', async (body, status) => {
    const hub = await hubWithRun(guarded);
    const answer = await ask(hub, '/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(answer).toMatchObject({ status, headers: { 'content-type': expect.stringContaining('json') } });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('a form of a foreign page cannot ask for a session', async () => {
    const hub = await hubWithRun(guarded);
    const body = JSON.stringify({ token: VIEW });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      expect(
        (await ask(hub, '/api/session', { method: 'POST', headers: { 'Content-Type': type }, body })).status,
      ).toBe(415);
    }
  });

  it('the cookie is for https only where that is how it was asked for', async () => {
    const hub = await hubWithRun(guarded);
    const answer = await ask(hub, '/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-Proto': 'https' },
      body: JSON.stringify({ token: VIEW }),
    });
    expect((answer.headers['set-cookie'] as string[])[0]).toMatch(/; Secure$/);
  });

  it('a hub without a token for viewers does not start', async () => {
    await expect(startTestHub({ host: '0.0.0.0' })).rejects.toThrow(/needs a token/);
  });
});

describe('a base path', () => {
  it('holds everything, sockets too, and nothing is beside it', async () => {
    const hub = await hubWithRun({ basePath: '/tools/convscope/' });
    expect((await ask(hub, '/tools/convscope/api/runs')).status).toBe(200);
    expect((await ask(hub, '/api/runs')).status).toBe(404);
    expect(await ask(hub, '/tools/convscope')).toMatchObject({
      status: 308,
      headers: { location: '/tools/convscope/' },
    });
    const { headers } = await ask(hub, '/tools/convscope/');
    expect((headers['set-cookie'] as string[])[0]).toContain('Path=/tools/convscope/');
    await connected(viewerSocket(hub, { path: '/tools/convscope/socket.io/' }));
    await expect(connected(viewerSocket(hub))).rejects.toThrow();
  });

  it.each(['tools', '/tools', 'tools/', '/a b/', '//', '/a?b/', ''])(
    '%j is refused unless it is whole',
    async (basePath) => {
      await expect(startTestHub({ basePath })).rejects.toThrow(/must begin and end/);
    },
  );
});

describe('the default namespace and long polling', () => {
  it('are closed', async () => {
    const hub = await hubWithRun();
    expect((await ask(hub, '/socket.io/?EIO=4&transport=polling')).status).toBe(400);
    const viewer = viewerSocket({ url: hub.url.replace('/live', '') });
    await connected(viewer);
    const stray = viewer.io.socket('/', {});
    await expect(connected(stray.connect() as typeof viewer)).rejects.toThrow(/\/live or \/ingest/);
  });
});
