/** What pages of other sites may not ask, whatever their browser sends. */
import { describe, expect, it } from 'vitest';
import { connected, senderSocket, viewerSocket } from '../testing/test-hub.js';
import { ask, askRaw, hubWithRun } from './testing/exact-request.js';

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
