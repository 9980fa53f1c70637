/** The page behind a proxy that lets HTTP through and no WebSocket. */
import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { range, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

/** What becomes of an upgrade: refused, passed on without its headers, cut, or passed on. */
type Upgrades = 'refused' | 'stripped' | 'cut' | 'passed';

describe('a page behind a proxy', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(
      logdir,
      'run',
      scalars('loss', range(0, 50), (step) => 1 / (1 + step)),
    );
  });
  let upgrades: Upgrades = 'passed';
  let url = '';
  const proxy = createServer((request, response) => {
    const { port } = new URL(hub.url);
    const { method, url: path, headers } = request;
    const passed = ask({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  proxy.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (upgrades === 'refused') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    if (upgrades === 'cut') socket.destroy();
    if (upgrades !== 'passed' && upgrades !== 'stripped') return;
    const onward = connect(Number(new URL(hub.url).port), '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    const headers = Object.entries(request.headers).filter(
      ([name]) => upgrades === 'passed' || !['upgrade', 'connection'].includes(name),
    );
    onward.write(
      `GET ${request.url} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it.each(['refused', 'stripped', 'cut'] as const)(
    'is told that the hub answers and WebSockets do not pass, when they are %s, and goes on when one passes',
    async (how) => {
      upgrades = how;
      const { page } = await browser.open(url);
      const main = page.locator('main');
      await expect.poll(() => main.innerText()).toContain('The hub answers over HTTP, but WebSockets');
      expect(await main.innerText()).toContain('proxy_set_header Upgrade');
      expect(await main.innerText()).not.toContain('does not answer');
      expect(await axeViolations(page)).toEqual([]);
      await page.setViewportSize({ width: 400, height: 860 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
      await page.setViewportSize({ width: 1440, height: 900 });
      upgrades = 'passed';
      await expect.poll(() => page.locator('.run-list').count(), { timeout: 15_000 }).toBeGreaterThan(0);
    },
  );
});
