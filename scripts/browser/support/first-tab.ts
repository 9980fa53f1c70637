import type { Page } from 'playwright-core';

/** Presses Tab in a page that has just been loaded. @returns whether its first control has the focus */
export async function firstTabIsFirstControl(page: Page): Promise<boolean> {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, input, [tabindex="0"]')];
    return controls.find((one) => one.offsetParent !== null) === document.activeElement;
  });
}
