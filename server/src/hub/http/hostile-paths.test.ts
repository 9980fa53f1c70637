/** Where no path and no parameter leads, and what no answer holds. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BLOB_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it } from 'vitest';
import { TORCH_FILE } from '../testing/run-bytes.js';
import { TOKEN, temporaryFolder } from '../testing/test-hub.js';
import { ask, askRaw, hubWithRun, TAG_WITH_MARKUP } from './testing/exact-request.js';

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
