import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { launchBrowser } from './harness/launch-browser.js';
import { openPage, type TestPage } from './harness/open-page.js';
import { startStaticSite } from './support/static-site.js';

/** Without a hub the browser reports failed requests. Any other problem is a defect. */
const NO_HUB = [/WebSocket connection|socket\.io|ERR_CONNECTION|404/];

describe('the lab, with no server behind it', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof startStaticSite>>;
  const pages: TestPage[] = [];
  const open = async (hash: string, options: Parameters<typeof openPage>[1] = {}) => {
    const opened = await openPage(browser, { width: 1440, height: 900, ...options });
    pages.push(opened);
    await opened.page.goto(`${site.url}${hash}`);
    await opened.page.getByRole('grid', { name: 'Input channel 0' }).waitFor();
    return opened;
  };
  const sum = (page: Page) => page.getByTestId('lab-sum').innerText();
  const shape = (page: Page) => page.getByTestId('lab-output-shape').innerText();

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startStaticSite()]);
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.close();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it('slides the window over the worked example by keys and by play, with the sums of the article', async () => {
    const { page, assertClean } = await open('#lab');
    await expect.poll(() => sum(page)).toBe('= 10');
    const stage = page.getByLabel(/Sliding window/);
    await stage.focus();
    for (const expected of ['= 12', '= 12', '= 18', '= 16']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => sum(page)).toBe(expected);
    }
    expect(new URLSearchParams(page.url().split('?')[1]).get('x')).toBe('1');
    await page.getByRole('combobox', { name: 'speed' }).click();
    await page.getByRole('option', { name: '16 windows/s' }).click();
    await page.getByRole('button', { name: 'Slide' }).click();
    await expect.poll(() => sum(page), { timeout: 10_000 }).toBe('= 3');
    await page.getByRole('button', { name: 'Pause' }).click();
    await assertClean(NO_HUB);
  });

  it('leaves keys to an open list and to the help, and works them by keys alone', async () => {
    const { page, assertClean } = await open('#lab', { theme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const speed = page.getByRole('combobox', { name: 'speed' });
    await speed.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: '2 windows/s', selected: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => speed.innerText()).toContain('4 windows/s');
    await expect.poll(() => page.getByRole('option').count()).toBe(0);
    expect(await sum(page)).toBe('= 10');

    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    expect(await theme()).toBe('light');
    await page.keyboard.press('t');
    await expect.poll(theme).toBe('dark');
    await assertClean(NO_HUB);
  });

  it('shows the window of the output under the pointer', async () => {
    const { page } = await open('#lab');
    const output = page.getByRole('grid', { name: 'Output channel 0' });
    const box = (await output.boundingBox())!;
    await output.hover({ position: { x: box.width * 0.5, y: box.height * 0.5 } });
    await expect.poll(() => sum(page)).toBe('= 16');
    await page.mouse.move(5, 5);
    await expect.poll(() => sum(page)).toBe('= 10');
  });

  it('moves the window where the input is dragged', async () => {
    const { page } = await open('#lab');
    const box = (await page.getByRole('grid', { name: 'Input channel 0' }).boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7);
    await page.mouse.up();
    await expect.poll(() => sum(page)).toBe('= 3');
  });

  it('refuses in PyTorch’s words beside the field that caused it', async () => {
    const { page } = await open('#lab?p=same&sh=2&sw=2');
    await expect
      .poll(() => page.getByRole('alert').innerText())
      .toBe("padding='same' is not supported for strided convolutions");
    expect(await shape(page)).toBe('refused');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => shape(page)).toBe('[1, 1, 3, 3]');
  });

  it('computes with a cell that was edited, and the link brings it back', async () => {
    const { page } = await open('#lab');
    const kernel = page.getByRole('grid', { name: /^Kernel of output 0/ });
    await kernel.focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Value at y 0, x 0').fill('11');
    await page.keyboard.press('Enter');
    // The first tap lies on 1: ten more than before.
    await expect.poll(() => sum(page)).toBe('= 20');
    const again = await open(`#${page.url().split('#')[1]}`);
    await expect.poll(() => sum(again.page)).toBe('= 20');
  });

  it('takes a bias for the output that is explained, and the link brings it back', async () => {
    const { page } = await open('#lab?co=2&bias=1&bv=0_0&o=1');
    await page.locator('.lab').waitFor();
    const before = Number((await sum(page)).replace('−', '-').replace('= ', ''));
    await page.getByLabel('bias of out 1').fill('-2.5');
    await expect
      .poll(async () => Number((await sum(page)).replace('−', '-').replace('= ', '')))
      .toBeCloseTo(before - 2.5, 6);
    expect(new URLSearchParams(page.url().split('?')[1]).get('bv')).toBe('0_-2.5');
  });

  it('explains a pixel of several channels, and draws sixteen outputs without a node for each', async () => {
    const { page, assertClean } = await open(
      '#lab?ci=3&co=16&h=28&w=28&kh=5&kw=5&ph=1&pw=1&in=picture&k=random&bias=1',
    );
    await expect.poll(() => shape(page)).toBe('[1, 16, 26, 26]');
    const channels = page.getByRole('listbox', { name: '16 output channels' });
    await channels.focus();
    const before = await sum(page);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => sum(page)).not.toBe(before);
    expect(await channels.locator('canvas').count()).toBe(1);
    const parts = await page.locator('.lab-inputs summary b').allInnerTexts();
    const bias = Number(
      (await page.locator('.lab-total span').innerText()).replace('−', '-').replace('with bias ', ''),
    );
    const added = parts.reduce((total, text) => total + Number(text.replace('−', '-')), bias);
    expect(added).toBeCloseTo(Number((await sum(page)).replace('−', '-').replace('= ', '')), 4);
    await assertClean(NO_HUB);
  });

  it('gives code that names what is on the screen, in both languages', async () => {
    const { page } = await open('#lab?sh=2&sw=2&ph=1&pw=1');
    const code = page.locator('.lab-code pre');
    await expect.poll(() => code.innerText()).toContain('stride=2, padding=1');
    await page.getByRole('button', { name: 'tfjs' }).click();
    await expect.poll(() => code.innerText()).toContain('tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])');
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['dark', 400, 860],
  ] as const)(
    'passes axe in the %s theme at %i pixels, for one channel and for many',
    async (theme, width, height) => {
      for (const hash of ['#lab', '#lab?ci=3&co=6&h=32&w=32&in=picture&k=random&bias=1&view=transposed']) {
        const { page } = await open(hash, { theme, width, height });
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );
});
