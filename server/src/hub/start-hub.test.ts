import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningHub, type ServeOptions, startHub } from './start-hub.js';
import { temporaryFolder } from './testing/test-hub.js';
import { ensureIngestToken, readIngestToken } from './token-file.js';

async function start(options: Partial<ServeOptions> = {}): Promise<RunningHub & { folder: string }> {
  const folder = await temporaryFolder();
  const hub = await startHub({
    logdir: join(folder, 'runs'),
    clientDirectory: join(folder, 'page'),
    port: 0,
    ingestToken: 'x'.repeat(43),
    log: () => undefined,
    ...options,
  });
  onTestFinished(hub.close);
  await hub.ready;
  return { ...hub, folder };
}

/** Occupies a port and gives its number. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('starting the hub', () => {
  it('gives an address that answers', async () => {
    const hub = await start();
    expect(hub.url).toBe(`http://localhost:${hub.port}/`);
    expect(await (await fetch(`http://127.0.0.1:${hub.port}/api/session`)).json()).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });

  it('takes the next free port when the wanted one is taken', async () => {
    const taken = await takenPort();
    const hub = await start({ port: taken });
    expect(hub.port).toBeGreaterThan(taken);
    expect(hub.port).toBeLessThanOrEqual(taken + 50);
  });

  it('keeps to its port when it comes back, or says that it cannot', async () => {
    const taken = await takenPort();
    await expect(start({ port: taken, strictPort: true })).rejects.toThrow(
      `Port ${taken} on 127.0.0.1 is taken`,
    );
  });

  it('says what is wrong with a logdir before it takes a port', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(start({ logdir: join(folder, 'file') })).rejects.toThrow(/cannot be used/);
  });

  it.each(['/a b', '..', 'x/../y', './x'])('says what is wrong with the base path %j', async (basePath) => {
    await expect(start({ basePath })).rejects.toThrow(/base path/);
  });

  it('says nothing but why, when it cannot listen', async () => {
    const said: string[] = [];
    const logdir = await temporaryFolder();
    for (let run = 0; run < 50; run++) await mkdir(join(logdir, `run${run}`));
    const starting = start({ logdir, host: '999.1.1.1', log: (sentence) => said.push(sentence) });
    await expect(starting).rejects.toThrow(/cannot listen on 999\.1\.1\.1/);
    expect(said).toEqual([]);
  });

  it.each([
    ['tools', '/tools/'],
    ['/tools/', '/tools/'],
    ['/', '/'],
    ['', '/'],
    ['a/b', '/a/b/'],
  ])('puts everything below the base path %j', async (basePath, path) => {
    const hub = await start({ basePath });
    expect(new URL(hub.url).pathname).toBe(path);
    expect((await fetch(new URL('api/session', hub.url.replace('localhost', '127.0.0.1')))).status).toBe(200);
  });

  it('beyond loopback prints a token that opens a session', async () => {
    const hub = await start({ host: '0.0.0.0' });
    const url = new URL(hub.url);
    expect(url.hash).toMatch(/^#token=[\w-]{43}$/);
    // The address in it is one that the hub answers to, where this machine has one.
    const session = new URL(
      '/api/session',
      url.hostname === '0.0.0.0' ? `http://127.0.0.1:${hub.port}` : url,
    );
    expect((await fetch(session)).status).toBe(401);
    const body = JSON.stringify({ token: url.hash.slice('#token='.length) });
    const opened = await fetch(session, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(opened.status).toBe(200);
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
    expect((await fetch(session, { headers: { cookie } })).status).toBe(200);
  });

  it('ends with every connection', async () => {
    const hub = await start();
    await fetch(`http://127.0.0.1:${hub.port}/api/runs`);
    await hub.close();
    await expect(fetch(`http://127.0.0.1:${hub.port}/api/runs`)).rejects.toThrow();
  });
});

describe('the token file', () => {
  it('is made once, for the user alone, and stays the same', async () => {
    const path = join(await temporaryFolder(), 'cache', 'ingest-token');
    expect(await readIngestToken(path)).toBeNull();
    // Hubs that start at once agree.
    const tokens = await Promise.all(Array.from({ length: 8 }, () => ensureIngestToken(path)));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
    expect(await ensureIngestToken(path)).toBe(tokens[0]);
    expect(await readIngestToken(path)).toBe(tokens[0]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(path, '..'))).toEqual(['ingest-token']);
  });

  it('is closed to others again when it was opened to them', async () => {
    const path = join(await temporaryFolder(), 'ingest-token');
    await writeFile(path, `${'y'.repeat(43)}\n`, { mode: 0o644 });
    expect(await ensureIngestToken(path)).toBe('y'.repeat(43));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('that holds no token is named', async () => {
    const path = join(await temporaryFolder(), 'ingest-token');
    await writeFile(path, 'short\n');
    await expect(ensureIngestToken(path)).rejects.toThrow(`${path} holds no token`);
    expect(await readFile(path, 'utf8')).toBe('short\n');
  });
});

describe('the page', () => {
  async function withPage() {
    const hub = await start();
    const page = join(hub.folder, 'page');
    await mkdir(join(page, 'assets'), { recursive: true });
    await writeFile(join(page, 'index.html'), '<!doctype html><title>convscope</title>');
    await writeFile(join(page, 'assets', 'index-Ab3_x-Y9.js'), `/* ${'x'.repeat(5000)} */`);
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${hub.port}/${path}`, { headers });
    return { hub, page, get };
  }

  it('that is not built yet says how to build it, and is there once it is', async () => {
    const hub = await start();
    const missing = await fetch(`http://127.0.0.1:${hub.port}/`);
    expect(missing.status).toBe(503);
    expect(await missing.text()).toContain('npm run build');
    await mkdir(join(hub.folder, 'page'));
    await writeFile(join(hub.folder, 'page', 'index.html'), 'built');
    expect(await (await fetch(`http://127.0.0.1:${hub.port}/`)).text()).toBe('built');
  });

  it('is asked for anew each time, its hashed files once', async () => {
    const { get, page } = await withPage();
    const index = await get('');
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const etag = index.headers.get('etag')!;
    expect((await get('', { 'If-None-Match': etag })).status).toBe(304);
    const script = await get('assets/index-Ab3_x-Y9.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    // A new build is served at once.
    await writeFile(join(page, 'index.html'), 'rebuilt');
    await utimes(join(page, 'index.html'), 1, 1);
    expect(await (await get('', { 'If-None-Match': etag })).text()).toBe('rebuilt');
    expect((await get('assets/none.js')).status).toBe(404);
  });

  it('goes compressed to whom that suits', async () => {
    const { hub } = await withPage();
    const { request } = await import('node:http');
    const raw = (encoding: string) =>
      new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
        request(
          {
            host: '127.0.0.1',
            port: hub.port,
            path: '/assets/index-Ab3_x-Y9.js',
            headers: { 'Accept-Encoding': encoding },
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.on('end', () =>
              resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(parts) }),
            );
          },
        )
          .on('error', reject)
          .end();
      });
    const plain = await raw('identity');
    expect([plain.encoding, plain.body.length]).toEqual([undefined, 5006]);
    const zipped = await raw('br, gzip');
    expect(zipped.encoding).toBe('gzip');
    expect(zipped.body.length).toBeLessThan(200);
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
  });
});
