import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';

/** Writes a PNG of the page with fonts loaded, animations finished and no caret. Makes the folder. */
export async function screenshot(
  page: Page,
  path: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({
    path,
    type: 'png',
    animations: 'disabled',
    caret: 'hide',
    fullPage: options.fullPage ?? false,
  });
}
