import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { openPage } from './harness/open-page.js';
import { screenshot } from './harness/screenshot.js';
import { sharedBrowser } from './support/test-browser.js';

function html(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

const PAGES: Readonly<Record<string, string>> = {
  '/': html('whole', '<canvas width="60" height="40"></canvas>'),
  '/inline': html('inline', '<script>document.title = "ran"</script>'),
  '/throws': html('throws', '<script src="/throws.js"></script>'),
  '/throws.js': 'console.error("a complaint"); throw new Error("a mistake")',
  '/unlabelled': html('unlabelled', '<button></button>'),
  '/two': html('two', '<p>one</p><p>another</p>'),
};

/** Answers a WebSocket's handshake and sends one text frame. RFC 6455, sections 1.3 and 5.2. */
function greetSockets(server: Server): void {
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.end(Buffer.from('\x81\x05hello', 'latin1'));
  });
}

describe('the browser for tests', () => {
  let server: Server;
  let browser: Browser;
  let origin: string;
  let directory: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const body = PAGES[request.url ?? ''];
      response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html');
      response.setHeader('content-security-policy', "default-src 'self'");
      response.statusCode = body === undefined ? 404 : 200;
      response.end(body ?? '');
    });
    greetSockets(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    directory = await mkdtemp(join(tmpdir(), 'convscope-harness-'));
    browser = await sharedBrowser();
  });

  afterAll(async () => {
    server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('draws on a canvas and reads the pixels back', async () => {
    const { page, assertClean, close } = await openPage(browser);
    await page.goto(origin);
    const pixels = await page.evaluate(() => {
      const context = document.querySelector('canvas')?.getContext('2d');
      if (!context) return null;
      context.fillStyle = 'rgb(10, 200, 30)';
      context.fillRect(5, 5, 10, 10);
      return [7, 1].map((at) => Array.from(context.getImageData(at, at, 1, 1).data));
    });
    expect(pixels).toEqual([
      [10, 200, 30, 255],
      [0, 0, 0, 0],
    ]);
    await assertClean();
    await close();
  });

  it('has a font: letters leave ink and differ in width', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(origin);
    const drawn = await page.evaluate(() => {
      const context = document.querySelector('canvas')?.getContext('2d');
      if (!context) return null;
      context.font = '30px sans-serif';
      const widths = ['i', 'W'].map((letter) => context.measureText(letter).width);
      const inks = ['i', 'W'].map((letter) => {
        context.clearRect(0, 0, 60, 40);
        context.fillText(letter, 5, 32);
        return context.getImageData(0, 0, 60, 40).data.filter((value, at) => at % 4 === 3 && value > 128)
          .length;
      });
      return { widths, inks };
    });
    expect(drawn?.widths[0]).toBeGreaterThan(0);
    expect(drawn?.widths[1]).toBeGreaterThan(2 * (drawn?.widths[0] ?? 0));
    expect(drawn?.inks[0]).toBeGreaterThan(20);
    // A box for an unknown letter would be the same for both.
    expect(drawn?.inks[1]).toBeGreaterThan(1.5 * (drawn?.inks[0] ?? 0));
    await close();
  });

  it('opens a WebSocket', async () => {
    const { page, assertClean, close } = await openPage(browser);
    await page.goto(origin);
    const message = await page.evaluate(
      (url) =>
        new Promise<unknown>((resolve, reject) => {
          const socket = new WebSocket(url);
          socket.onmessage = (event) => resolve(event.data);
          socket.onerror = () => reject(new Error('no socket'));
        }),
      origin.replace('http', 'ws'),
    );
    expect(message).toBe('hello');
    await assertClean();
    await close();
  });

  it('takes size and theme, and writes a picture of that size', async () => {
    const { page, close } = await openPage(browser, { width: 400, height: 300, theme: 'dark', scale: 2 });
    await page.goto(origin);
    expect(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
    const path = join(directory, 'deep', 'page.png');
    await screenshot(page, path);
    const png = await readFile(path);
    // Width and height of the IHDR chunk.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 600]);
    await close();
  });

  it('tells of a violated security policy', async () => {
    const { page, assertClean, close } = await openPage(browser);
    await page.goto(`${origin}/inline`);
    expect(await page.title()).toBe('inline');
    await expect(assertClean()).rejects.toThrow(/security policy violation: script-src-elem blocked inline/);
    await assertClean();
    await close();
  });

  it('tells of console errors and uncaught errors, but for those that are expected', async () => {
    const { page, assertClean, close } = await openPage(browser);
    await page.goto(`${origin}/throws`);
    await expect(assertClean([/a mistake/])).rejects.toThrow(/1 problem\(s\):\nconsole error: a complaint/);
    await page.reload();
    await expect(assertClean([/a complaint/])).rejects.toThrow(
      /1 problem\(s\):\nuncaught error: Error: a mistake/,
    );
    await page.reload();
    await assertClean([/a complaint/, /a mistake/]);
    await close();
  });

  it('finds what axe calls serious', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(origin);
    expect(await axeViolations(page)).toEqual([]);
    await page.goto(`${origin}/unlabelled`);
    expect(await axeViolations(page)).toEqual([expect.stringMatching(/^critical: button-name: .*button/)]);
    await close();
  });

  it('lets axe measure contrast only when nothing fades in any more', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${origin}/two`);
    await page.evaluate(() => {
      const [one, another] = document.querySelectorAll('p');
      one?.animate({ opacity: [0.2, 0.3] }, 2_000);
      // Is waited for by nobody.
      another?.animate({ rotate: ['0deg', '1deg'] }, { duration: 100, iterations: Number.POSITIVE_INFINITY });
    });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(1);
    await close();
  });
});
