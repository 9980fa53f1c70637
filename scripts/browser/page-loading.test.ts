import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './harness/open-page.js';
import { startStaticSite } from './support/static-site.js';
import { sharedBrowser } from './support/test-browser.js';

/** Bytes of script that the run page may load, compressed, without the worker: that is loaded beside it. */
const MOST_SCRIPT = 300_000;
const WORKER = /^decode-worker/;
/** `page.tsx` of a page: its hash has eight characters. */
const PAGE = /^page-[\w-]{8}\.\w+$/;

function nameOf(url: string): string {
  return new URL(url).pathname.replace(/^.*\//, '');
}

describe('a page of the app', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startStaticSite>>;

  beforeAll(async () => {
    [browser, site] = await Promise.all([sharedBrowser(), startStaticSite()]);
  });
  afterAll(async () => {
    await site?.close();
  });

  /** What a fresh browser asks for, in order, until it has asked for `last`; and the size of all scripts, compressed. */
  const load = async (hash: string, last: RegExp) => {
    const { page, context, close } = await openPage(browser);
    const asked: string[] = [];
    const sizes: Promise<readonly [name: string, size: number]>[] = [];
    page.on('websocket', () => asked.push('socket'));
    context.on('request', (request) => asked.push(nameOf(request.url())));
    context.on('response', (response) => {
      if (!response.ok() || !response.url().endsWith('.js')) return;
      const name = nameOf(response.url());
      sizes.push(response.body().then((body) => [name, gzipSync(body).byteLength]));
    });
    await page.goto(`${site.url}${hash}`);
    await expect.poll(() => asked.some((name) => last.test(name))).toBe(true);
    await expect.poll(() => asked).toContain('socket');
    const scripts = () => asked.filter((name) => name.endsWith('.js')).length;
    await expect.poll(() => sizes.length).toBe(scripts());
    const all = await Promise.all(sizes);
    const sizeOf = (some: typeof all) => some.reduce((sum, [, size]) => sum + size, 0);
    const script = sizeOf(all.filter(([name]) => !WORKER.test(name)));
    const worker = sizeOf(all) - script;
    await close();
    const own = (ending: string) => asked.filter((name) => PAGE.test(name) && name.endsWith(ending));
    return { asked, script, worker, code: own('.js'), styles: own('.css') };
  };

  it('loads its own code and styles, and nothing of the other pages', async () => {
    const run = await load('#run', WORKER);
    const lab = await load('#lab', /^page-.*\.js$/);
    expect([run.code.length, run.styles.length]).toEqual([1, 1]);
    expect([lab.code.length, lab.styles.length]).toEqual([1, 1]);
    expect(run.code).not.toEqual(lab.code);
    expect(run.styles).not.toEqual(lab.styles);
    console.log(
      `Script, compressed: run page ${run.script} bytes and its worker ${run.worker}, lab ${lab.script} bytes.`,
    );
    expect(run.script).toBeLessThanOrEqual(MOST_SCRIPT);
  });

  it('is asked for before the connection to the hub is made', async () => {
    const { asked, code } = await load('#run', WORKER);
    expect(asked.indexOf(code[0]!)).toBeGreaterThan(-1);
    expect(asked.indexOf(code[0]!)).toBeLessThan(asked.indexOf('socket'));
  });

  it.each(['', '#scalars', '#lab?k=3'])(
    'of the address "%s" is asked for while the code of all pages is still on its way',
    async (hash) => {
      const { page, context, close } = await openPage(browser);
      const asked: string[] = [];
      context.on('request', (request) => asked.push(nameOf(request.url())));
      const connected = page.waitForEvent('websocket');
      let send = (): void => undefined;
      const isSent = new Promise<void>((resolve) => {
        send = resolve;
      });
      await page.route(/\/base-[\w-]+\.js$/, async (route) => {
        await isSent;
        await route.continue();
      });
      await page.goto(`${site.url}${hash}`, { waitUntil: 'commit' });
      await expect.poll(() => asked.filter((name) => PAGE.test(name)).length).toBe(2);
      const early = new Set(asked);
      send();
      await connected;
      const late = asked.filter((name) => /\.(js|css)$/.test(name) && !early.has(name));
      expect(late.filter((name) => PAGE.test(name))).toEqual([]);
      await close();
    },
  );
});
