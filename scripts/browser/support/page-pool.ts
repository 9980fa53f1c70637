/**
 * Pages that tests take turns with. A page whose process has loaded the app before loads it in two thirds of the time, since
 * its scripts are compiled. Every test gets a new document with an empty storage.
 */
import type { Browser, Page } from 'playwright-core';
import { openPage, type PageOptions, type TestPage } from '../harness/open-page.js';

/** Of each scale. */
const MOST_KEPT = 2;
/**
 * A document without scripts that hub and static site serve beside the app. The process of the page stays the same, so a test that
 * prepares a page there loads the app in it as fast as one that prepares nothing.
 */
export const RESTING_PLACE = 'favicon.svg';

interface Pooled {
  readonly page: TestPage;
  readonly kind: string;
}

export class PagePool {
  readonly #resting: Pooled[] = [];
  readonly #kinds = new Map<TestPage, string>();

  /** A page with these options that is at rest, or a new one. */
  async take(
    browser: Browser,
    options: Required<Pick<PageOptions, 'width' | 'height'>> & PageOptions,
  ): Promise<TestPage> {
    const kind = String(options.scale ?? 1);
    const at = this.#resting.findIndex(
      (one) => one.kind === kind && one.page.context.browser() === browser && !one.page.page.isClosed(),
    );
    const found = at < 0 ? undefined : this.#resting.splice(at, 1)[0]?.page;
    const taken = found ?? (await openPage(browser, options));
    if (found !== undefined) {
      await fitPage(found.page, options);
      // What came after the last test had ended.
      await found.assertClean([/./s]);
    }
    this.#kinds.set(taken, kind);
    return taken;
  }

  /** Keeps the page for the next test, or closes it when there are enough or it cannot be cleared. */
  async giveBack(page: TestPage): Promise<void> {
    const kind = this.#kinds.get(page);
    this.#kinds.delete(page);
    const kept = this.#resting.filter((one) => one.kind === kind).length;
    if (kind !== undefined && kept < MOST_KEPT && (await clear(page))) this.#resting.push({ page, kind });
    else await page.close();
  }
}

/** Gives the page that is open another size, theme and taste for motion. */
export async function fitPage(
  page: Page,
  { width, height, theme, reducedMotion }: Required<Pick<PageOptions, 'width' | 'height'>> & PageOptions,
): Promise<void> {
  await page.emulateMedia({
    colorScheme: theme ?? 'light',
    reducedMotion: reducedMotion === true ? 'reduce' : 'no-preference',
  });
  await page.setViewportSize({ width, height });
}

/** @returns whether nothing of the test is left */
async function clear({ page, context }: TestPage): Promise<boolean> {
  try {
    for (const other of context.pages()) if (other !== page) await other.close();
    await page.unrouteAll();
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await context.clearCookies();
    const answer = await page.goto(new URL(RESTING_PLACE, page.url()).href);
    return answer !== null && answer.status() < 400;
  } catch {
    // Its server has ended, or the page shows none of ours.
    return false;
  }
}
