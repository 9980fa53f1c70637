import type { Page } from 'playwright-core';

const WITHIN_MS = 30_000;

/**
 * Waits until a page of convscope has drawn everything that it shows. Another page is not waited for.
 * @throws a sentence when it takes longer than 30 s
 */
export async function untilDrawn(page: Page): Promise<void> {
  const isOurs = await page.evaluate(() => window.__convscope !== undefined);
  if (!isOurs) return;
  try {
    await page.waitForFunction(() => window.__convscope?.complete === true, undefined, {
      timeout: WITHIN_MS,
    });
  } catch (error) {
    throw new Error(
      `${page.url()} had not drawn its maps after ${WITHIN_MS / 1000} s. Look at it in a browser, or at the hub's output.`,
      { cause: error },
    );
  }
  // What was drawn is on the screen after two more frames.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      }),
  );
}
