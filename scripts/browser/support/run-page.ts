/** What browser tests read from the run page, and wait for on it. */
import type { Locator, Page } from 'playwright-core';
import { until } from '#server/testing/until.js';

/** The playhead on the timeline. */
export const slider = (page: Page): Locator => page.locator('[role=slider][aria-label=Step]');

export const output = (page: Page): Locator => page.locator('canvas[data-grid=output]');

/** The step of the output's maps; -1 before they are drawn. */
export const shownStep = async (page: Page): Promise<number> =>
  Number((await output(page).getAttribute('data-step')) || -1);

/** Whether the page shows the step that it was asked for. */
export const settled = (page: Page): Promise<boolean> =>
  page.evaluate(() => window.__convscope?.settled === true);

export const mapsShown = (page: Page, what = 'the maps'): Promise<void> =>
  until(async () => (await output(page).count()) > 0 && (await settled(page)), what);

/** Goes to the page with this letter. On a busy machine the page would not see the keys in time if they were awaited one by one. */
export async function goByKeys(page: Page, letter: string): Promise<void> {
  await Promise.all([page.keyboard.press('g'), page.keyboard.press(letter)]);
}

export const hashOf = (page: Page): Promise<string> => page.evaluate(() => location.hash);

/** What the address says behind its question mark. */
export const query = async (page: Page): Promise<URLSearchParams> =>
  new URLSearchParams((await hashOf(page)).split('?')[1] ?? '');
