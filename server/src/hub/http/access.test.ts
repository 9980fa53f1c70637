/** Who may view and control a hub, on this machine and beyond it. */
import { describe, expect, it } from 'vitest';
import {
  connected,
  senderSocket,
  startTestHub,
  type TestHub,
  TOKEN,
  viewerSocket,
  watch,
} from '../testing/test-hub.js';
import { isLoopback } from './access.js';
import { ask, hubWithRun } from './testing/exact-request.js';

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
