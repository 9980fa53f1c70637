/** axe on every preset of the lab, and what the keyboard reaches on the run page. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { copyTrainedRun, useBrowser, useHub, useStaticSite } from './support/test-browser.js';

declare global {
  interface Window {
    /** The accessible names of what has had the focus. */
    reached: string[];
  }
}

/**
 * The kinds of elements on the page that axe can tell apart: where they are, by names and classes, which attributes they have,
 * and what of these, or of the texts, is empty.
 */
const kindsOf = (page: Page) =>
  page.evaluate(() => {
    const kinds = new Set<string>();
    const visit = (element: Element, around: string) => {
      const place = `${around}<${element.tagName}.${element.getAttribute('class') ?? ''}`;
      const attributes = [...element.attributes].map(({ name, value }) => (value === '' ? `${name}=` : name));
      const text = element.textContent.trim() === '' ? 'no text' : '';
      kinds.add(`${place} ${attributes.join()} ${element.getAttribute('role') ?? ''} ${text}`);
      for (const child of element.children) visit(child, place);
    };
    visit(document.body, '');
    return [...kinds];
  });

describe('the lab', () => {
  const browser = useBrowser();
  const site = useStaticSite();

  // axe takes half a second. Two of three presets have nothing but other numbers in elements that it has seen.
  it.each([
    ['light', 1440, 900],
    ['dark', 400, 860],
  ] as const)(
    'passes axe with each kind of element that a preset has, and fits with every preset, in the %s theme at %i pixels',
    async (theme, width, height) => {
      const { page } = await browser.show(`${site.url}#lab`, { theme, width, height });
      await page.locator('.lab').waitFor();
      const count = await page.locator('.lab-preset').count();
      expect(count).toBeGreaterThanOrEqual(17);
      const seen = new Set<string>();
      for (let preset = 0; preset < count; preset++) {
        await page.locator('.lab-preset').nth(preset).click();
        const kinds = await kindsOf(page);
        if (kinds.some((kind) => !seen.has(kind)))
          expect(await axeViolations(page), `preset ${preset}`).toEqual([]);
        for (const kind of kinds) seen.add(kind);
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
    await page.evaluate(() => {
      window.reached = [];
      addEventListener('focusin', ({ target }) => {
        const element = target as Element;
        window.reached.push(element.getAttribute('aria-label') ?? element.textContent.trim());
      });
    });
    for (let press = 0; press < 120; press += 10) {
      await Promise.all(Array.from({ length: 10 }, () => page.keyboard.press('Tab')));
      const names = await page.evaluate(() => window.reached);
      const again = names.indexOf(names[0]!, 1);
      if (again > 0) return names.slice(0, again);
    }
    return page.evaluate(() => window.reached);
  };

  it('reaches every grid, legend and patch', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=net&layer=conv3`);
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
