/**
 * What browser tests have in common: a browser, a hub, and a trained run.
 *
 * To load the page takes one to two seconds of CPU time, and to start a hub two. So a file of tests is about one topic, has one
 * hub (`useHub`) on logs that its tests only read or add to, and shows its addresses in one page (`show`), which keeps its
 * document from test to test. A test gets a document of its own (`open`) if it is about loading, needs an empty storage or a
 * prepared page, or leaves something behind that no address says. axe looks once at each page and theme, at 1440 or 400 pixels.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { PICTURES } from '#server/testing/product.js';
import { goTo } from '../harness/go-to.js';
import { launchBrowser } from '../harness/launch-browser.js';
import { openPage, type PageOptions, type TestPage } from '../harness/open-page.js';
import { untilDrawn } from '../harness/until-drawn.js';
import { type BrowserFolder, browserFolder, type Convscope, startConvscope } from './convscope.js';
import { keptFolder } from './kept-folders.js';
import { fitPage, PagePool } from './page-pool.js';
import { startStaticSite } from './static-site.js';

export interface OpenOptions extends PageOptions {
  /** Prepares the page before it loads. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export type ShowOptions = Omit<PageOptions, 'scale'>;

export interface TestBrowser {
  /**
   * Shows an address in the page that the tests of this file share, of 1440×900 pixels, if not said otherwise, and waits until
   * it is drawn. Follows the address as a link in the page does, which takes a fifth of the time of loading it.
   */
  show(url: string, options?: ShowOptions): Promise<TestPage>;
  /** Opens a page of 1440×900 pixels, if not said otherwise, with nothing of earlier tests in it. Ends with the test. */
  open(url: string, options?: OpenOptions): Promise<TestPage>;
}

// Modules live as long as the worker that runs the browser tests, file after file (isolate: false in vitest.config.ts).
let launched: Promise<Browser> | undefined;
const pool = new PagePool();
const SIZE = { width: 1440, height: 900 };
// vitest ends its workers by SIGTERM. When a process exits, Playwright ends its browsers and removes their profiles.
process.once('SIGTERM', () => process.exit());

/** The browser of this worker, which is launched once and ends with it. Every page has a context of its own. */
export async function sharedBrowser(): Promise<Browser> {
  const browser = await launched?.catch(() => undefined);
  if (browser?.isConnected()) return browser;
  launched = launchBrowser();
  return launched;
}

/** Opens pages in the shared browser. */
export function useBrowser(): TestBrowser {
  const taken: TestPage[] = [];
  let shown: TestPage | undefined;
  // Launching may take as long as a hook may.
  beforeAll(sharedBrowser);
  afterEach(async ({ task }) => {
    const isFailed = task.result?.state === 'fail';
    for (const page of taken.splice(0)) await (isFailed ? page.close() : pool.giveBack(page));
    if (!isFailed) return;
    await shown?.close();
    shown = undefined;
  });
  afterAll(async () => {
    if (shown !== undefined) await pool.giveBack(shown);
  });
  return {
    async show(url, given = {}) {
      const options = { ...SIZE, ...given };
      if (shown === undefined || shown.page.isClosed())
        shown = await pool.take(await sharedBrowser(), options);
      else await fitPage(shown.page, options);
      await showInstead(shown.page, new URL(url));
      await shown.assertClean([/./s]);
      return shown;
    },
    async open(url, { before, ...given } = {}) {
      const browser = await sharedBrowser();
      const options = { ...SIZE, ...given };
      // What prepares a page stays with it.
      const opened = await (before ? openPage(browser, options) : pool.take(browser, options));
      taken.push(opened);
      await before?.(opened.page);
      await opened.page.goto(url);
      return opened;
    },
  };
}

/** Shows an address in a page, from another page of the app, so that nothing stays open, scrolled or focused. */
async function showInstead(page: Page, url: URL): Promise<void> {
  const now = new URL(page.url());
  if (now.origin + now.pathname !== url.origin + url.pathname) {
    await page.goto(url.href);
    await untilDrawn(page);
    return;
  }
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await goTo(page, url.hash.startsWith('#text') ? '#lab' : '#text');
  // A theme that an earlier test has chosen stays as long as the document.
  const isThemed = await page.evaluate(() => {
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    return document.documentElement.dataset['theme'] === system;
  });
  if (!isThemed) await page.reload();
  await goTo(page, url.hash);
}

/** Starts a hub before the tests, on the logs that `write` puts into its folder. */
export function useHub(write: (folder: BrowserFolder) => unknown): {
  readonly url: string;
  readonly folder: BrowserFolder;
  restart(): Promise<void>;
} {
  const folder = browserFolder();
  let served: Convscope | undefined;
  beforeAll(async () => {
    await write(folder);
    served = await startConvscope(folder, 'serve');
  });
  afterAll(async () => {
    await served?.stop();
    folder.remove();
  });
  return {
    folder,
    get url() {
      if (served === undefined) throw new Error('The hub is started before the tests, not earlier.');
      return served.url;
    },
    async restart() {
      await served?.stop();
      served = await startConvscope(folder, 'serve');
    },
  };
}

/** Serves the built page without a hub. */
export function useStaticSite(): { readonly url: string } {
  let site: Awaited<ReturnType<typeof startStaticSite>> | undefined;
  beforeAll(async () => {
    site = await startStaticSite();
  });
  afterAll(async () => {
    await site?.close();
  });
  return {
    get url() {
      if (site === undefined) throw new Error('The site is started before the tests, not earlier.');
      return site.url;
    },
  };
}

/** Steps of the run that `copyTrainedRun` gives: captures at 0, 10, 20 and 30. */
export const TRAINED_STEPS = 30;
/** Of the run that `copyRunWithGradients` gives: captures at 0, 10 and 20. */
const GRADIENT_STEPS = 20;

/** The default net, trained on a few hundred pictures, to its end. The first test that needs it trains it, for all workers. */
function trainedRun(name: string, steps: number, flags: readonly string[] = []): Promise<string> {
  return keptFolder(name, async (kept) => {
    const making = browserFolder();
    try {
      const trained = await startConvscope(making, 'train', [
        ...['--data', PICTURES, '--backend', 'wasm', '--threads', '1', '--batch', '16', '--name', 'net'],
        ...['--steps', String(steps), '--capture-every', '10', '--exit-when-done', ...flags],
      ]);
      expect(await trained.ended).toBe(0);
      cpSync(join(making.logdir, 'net'), join(kept, 'run'), { recursive: true });
      cpSync(making.maps, join(kept, 'maps'), { recursive: true });
    } finally {
      making.remove();
    }
  });
}

/** Copies a trained run into the folder's logdir. */
export async function copyTrainedRun(folder: BrowserFolder, name: string): Promise<void> {
  const trained = await trainedRun('trained', TRAINED_STEPS);
  cpSync(join(trained, 'run'), join(folder.logdir, name), { recursive: true });
}

/** The same of a run that has logged gradients too, with the float32 values of its maps. */
export async function copyRunWithGradients(folder: BrowserFolder, name: string): Promise<void> {
  const trained = await trainedRun('gradients', GRADIENT_STEPS, ['--capture-gradients']);
  cpSync(join(trained, 'run'), join(folder.logdir, name), { recursive: true });
  cpSync(join(trained, 'maps'), folder.maps, { recursive: true });
}
