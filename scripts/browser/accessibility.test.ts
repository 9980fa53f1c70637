/** axe on every preset of the lab, and what the keyboard reaches on the run page. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { copyTrainedRun, useBrowser, useHub, useStaticSite } from './support/test-browser.js';

describe('the lab', () => {
  const browser = useBrowser();
  const site = useStaticSite();

  // Each preset is looked at by axe in one of the two forms, which takes half a second, and fits into both.
  it.each([
    ['light', 1440, 900, 0],
    ['dark', 400, 860, 1],
  ] as const)(
    'passes axe on every other preset in the %s theme at %i pixels',
    async (theme, width, height, first) => {
      const { page } = await browser.show(`${site.url}#lab`, { theme, width, height });
      await page.locator('.lab').waitFor();
      const count = await page.locator('.lab-preset').count();
      expect(count).toBeGreaterThanOrEqual(17);
      for (let preset = 0; preset < count; preset++) {
        await page.locator('.lab-preset').nth(preset).click();
        if (preset % 2 === first) expect(await axeViolations(page), `preset ${preset}`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );
});

describe('the run page by keyboard', () => {
  const browser = useBrowser();
  const hub = useHub((folder) => copyTrainedRun(folder, 'net'));
  /** The accessible names of what Tab reaches, from the first to the last. */
  const reached = async (page: Page) => {
    const names: string[] = [];
    for (let press = 0; press < 120; press++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        return element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
      });
      if (name === undefined || (press > 0 && name === names[0])) break;
      names.push(name);
    }
    return names;
  };

  it('reaches every grid, legend and patch', async () => {
    const { page } = await browser.open(`${hub.url}#run?run=net&layer=conv3`);
    await untilDrawn(page);
    const names = (await reached(page)).join('\n');
    for (const wanted of [
      /^Input channels of conv3/m,
      /^Kernel matrix/m,
      /^Contribution of every input channel to out 0/m,
      /^Output channels of conv3/m,
      /^Input: values to light up/m,
      /^Kernels: values to light up/m,
      /^Output: values to light up/m,
      /^Output: upper limit of the colours/m,
      /^Order of the input channels/m,
      /^Patch of in \d+/m,
      /^Larger tiles/m,
    ])
      expect(names).toMatch(wanted);
  });

  it('reads a patch cell by cell, and marks its pixels in the input', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=net&layer=conv1&y=10&x=12`);
    const patch = page.getByRole('grid', { name: 'Patch of green' });
    await patch.focus();
    const spot = () => page.locator('canvas[data-grid=input]').getAttribute('data-spot');
    await page.keyboard.press('ArrowRight');
    await expect.poll(spot).toBe('1,9,11');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect.poll(spot).toBe('1,10,12');
    expect(await patch.getByRole('gridcell').textContent()).toMatch(/^ky 1, kx 1: .+ × .+ = .+$/);
    await page.keyboard.press('Escape');
    await until(async () => (await spot()) === '', 'no pixel to be marked');
  });
});
