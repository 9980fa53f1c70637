/** The dots of curves with few points. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { untilDrawn } from './harness/until-drawn.js';
import { range, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { untilRead } from './support/until-read.js';

/** How many pixels of the plots have exactly this colour: the edges of lines are smoothed, and the middles of dots are not. */
function pixelsOf(page: Page, colour: string): Promise<number> {
  return page.locator('.card-plot canvas').evaluateAll((canvases, wanted) => {
    const [red, green, blue] = wanted.match(/\d+/g)!.map(Number);
    let count = 0;
    for (const canvas of canvases as HTMLCanvasElement[]) {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255)
          count++;
    }
    return count;
  }, colour);
}

describe('the dots of curves with few points', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    const falling = (from: number) => (step: number) => from - step / 400;
    // Whichever order the runs have, one of the long curves comes to the place of the short one.
    writeLog(logdir, 'a', scalars('loss', range(0, 200), falling(1)));
    writeLog(logdir, 'few', scalars('loss', [0, 60, 120, 180], falling(1.5)));
    writeLog(logdir, 'z', scalars('loss', range(0, 200), falling(2)));
  });

  it('go with their curve, and have the colours of the theme', async () => {
    await untilRead(hub.url, 3);
    const { page, assertClean } = await browser.open(`${hub.url}#scalars`, { theme: 'light' });
    await untilDrawn(page);
    const square = page.locator('.run-row[data-run="few"] .swatch');
    const colour = () => square.evaluate((one) => getComputedStyle(one).color);
    const light = await colour();
    await expect.poll(() => pixelsOf(page, light)).toBeGreaterThan(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(colour).not.toBe(light);
    await expect.poll(() => pixelsOf(page, light)).toBe(0);
    const dark = await colour();
    await expect.poll(() => pixelsOf(page, dark)).toBeGreaterThan(0);
    await square.click();
    await expect.poll(() => square.getAttribute('aria-pressed')).toBe('false');
    await expect.poll(() => pixelsOf(page, dark)).toBe(0);
    await assertClean();
  });
});
