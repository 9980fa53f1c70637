/** What browser tests have in common: a browser, a hub, and a trained run. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { PICTURES } from '#server/testing/product.js';
import { launchBrowser } from '../harness/launch-browser.js';
import { openPage, type PageOptions, type TestPage } from '../harness/open-page.js';
import { type BrowserFolder, browserFolder, type Convscope, startConvscope } from './convscope.js';
import { PagePool } from './page-pool.js';
import { startStaticSite } from './static-site.js';

export interface OpenOptions extends PageOptions {
  /** Prepares the page before it loads. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export interface TestBrowser {
  /** Opens a page of 1440×900 pixels, if not said otherwise, with nothing of earlier tests in it. Ends with the test. */
  open(url: string, options?: OpenOptions): Promise<TestPage>;
}

// Modules live as long as the worker that runs the browser tests, file after file (isolate: false in vitest.config.ts).
let launched: Promise<Browser> | undefined;
let trained: Promise<BrowserFolder> | undefined;
const pool = new PagePool();
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
  // Launching may take as long as a hook may.
  beforeAll(sharedBrowser);
  afterEach(async ({ task }) => {
    const isFailed = task.result?.state === 'fail';
    for (const page of taken.splice(0)) await (isFailed ? page.close() : pool.giveBack(page));
  });
  return {
    async open(url, { before, ...given } = {}) {
      const browser = await sharedBrowser();
      const options = { width: 1440, height: 900, ...given };
      // What prepares a page stays with it.
      const opened = await (before ? openPage(browser, options) : pool.take(browser, options));
      taken.push(opened);
      await before?.(opened.page);
      await opened.page.goto(url);
      return opened;
    },
  };
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

/** Trains the default net on a few hundred pictures, with a capture every ten steps, to its end. */
export async function trainRun(
  folder: BrowserFolder,
  name: string,
  steps: number,
  flags: readonly string[] = [],
): Promise<void> {
  const trained = await startConvscope(folder, 'train', [
    ...['--data', PICTURES, '--backend', 'wasm', '--threads', '1', '--batch', '16'],
    ...['--steps', String(steps), '--capture-every', '10', '--name', name, '--exit-when-done', ...flags],
  ]);
  expect(await trained.ended).toBe(0);
}

/** Steps of the run that `copyTrainedRun` gives: captures at 0, 10, 20 and 30. */
export const TRAINED_STEPS = 30;

/** Copies a trained run into the folder's logdir. It is trained once a worker. */
export async function copyTrainedRun(folder: BrowserFolder, name: string): Promise<void> {
  trained ??= trainOnce();
  cpSync(join((await trained).logdir, 'net'), join(folder.logdir, name), { recursive: true });
}

async function trainOnce(): Promise<BrowserFolder> {
  const folder = browserFolder();
  process.once('exit', folder.remove);
  await trainRun(folder, 'net', TRAINED_STEPS);
  return folder;
}
