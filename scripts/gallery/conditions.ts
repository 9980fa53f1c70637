/** Keeps a page in a state in which the hub does not answer as usual. */
import type { Page } from 'playwright-core';
import type { Condition } from './scenes.js';

const DATA = /\/api\/(?!session)/;

/** Before the page is loaded. */
export async function withholdData(page: Page, condition: Condition | undefined): Promise<void> {
  if (condition === 'loading') await page.route(DATA, () => undefined);
  if (condition === 'error') await page.route(DATA, (route) => route.fulfill({ status: 503, body: '{}' }));
}
