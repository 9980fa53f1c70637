/** What the tests of a file have in common: a browser, a hub, and a trained run. All of them end with the tests. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { PICTURES } from '#server/testing/product.js';
import { launchBrowser } from '../harness/launch-browser.js';
import { openPage, type PageOptions, type TestPage } from '../harness/open-page.js';
import { type BrowserFolder, browserFolder, type Convscope, startConvscope } from './convscope.js';
import { startStaticSite } from './static-site.js';

export interface OpenOptions extends PageOptions {
  /** Prepares the page before it loads. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export interface TestBrowser {
  /** Opens a page of 1440×900 pixels, if not said otherwise. It is closed after the test. */
  open(url: string, options?: OpenOptions): Promise<TestPage>;
}

/** Launches a browser before the tests of a file or `describe`. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  const pages: TestPage[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async open(url, { before, ...options } = {}) {
      if (browser === undefined) throw new Error('The browser is launched before the tests, not earlier.');
      const opened = await openPage(browser, { width: 1440, height: 900, ...options });
      pages.push(opened);
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
