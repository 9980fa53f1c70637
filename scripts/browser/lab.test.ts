import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { firstTabIsFirstControl } from './support/first-tab.js';
import { type ShowOptions, useBrowser, useStaticSite } from './support/test-browser.js';

/** Without a hub the browser reports failed requests. Any other problem is a defect. */
const NO_HUB = [/WebSocket connection|socket\.io|ERR_CONNECTION|404/];

describe('the lab, with no server behind it', () => {
  const browser = useBrowser();
  const site = useStaticSite();
  const input = (page: Page) => page.getByRole('grid', { name: 'Input channel 0' });
  const show = async (hash: string, options?: ShowOptions) => {
    const shown = await browser.show(`${site.url}${hash}`, options);
    await input(shown.page).waitFor();
    return shown;
  };
  const sum = (page: Page) => page.getByTestId('lab-sum').innerText();
  const shape = (page: Page) => page.getByTestId('lab-output-shape').innerText();

  it('slides the window over the worked example by keys and by play, with the sums that PyTorch gives', async () => {
    const { page, assertClean } = await show('#lab');
    await expect.poll(() => sum(page)).toBe('= 10');
    const stage = page.getByLabel(/Sliding window/);
    await stage.focus();
    for (const expected of ['= 12', '= 12', '= 18', '= 16']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => sum(page)).toBe(expected);
    }
    await expect.poll(() => new URLSearchParams(page.url().split('?')[1]).get('x')).toBe('1');
    await page.getByRole('combobox', { name: 'speed' }).click();
    await page.getByRole('option', { name: '16 windows/s' }).click();
    await page.getByRole('button', { name: 'Slide' }).click();
    await expect.poll(() => sum(page), { timeout: 10_000 }).toBe('= 3');
    await page.getByRole('button', { name: 'Pause' }).click();
    await assertClean(NO_HUB);
  });

  it('gives the first Tab to the first control, leaves keys to an open list and to the help, and works them by keys alone', async () => {
    // It changes the theme, and that is kept.
    const { page, assertClean } = await browser.open(`${site.url}#lab`);
    await input(page).waitFor();
    expect(await firstTabIsFirstControl(page)).toBe(true);
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
    const { page } = await show('#lab');
    const output = page.getByRole('grid', { name: 'Output channel 0' });
    const box = (await output.boundingBox())!;
    await output.hover({ position: { x: box.width * 0.5, y: box.height * 0.5 } });
    await expect.poll(() => sum(page)).toBe('= 16');
    await page.mouse.move(5, 5);
    await expect.poll(() => sum(page)).toBe('= 10');
  });

  it('moves the window where the input is dragged', async () => {
    const { page } = await show('#lab');
    const box = (await input(page).boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7);
    await page.mouse.up();
    await expect.poll(() => sum(page)).toBe('= 3');
  });

  it('refuses in PyTorch’s words beside the field that caused it', async () => {
    const { page } = await show('#lab?p=same&sh=2&sw=2');
    await expect
      .poll(() => page.getByRole('alert').innerText())
      .toBe("padding='same' is not supported for strided convolutions");
    expect(await shape(page)).toBe('refused');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => shape(page)).toBe('[1, 1, 3, 3]');
  });

  it('gives both sizes by PyTorch’s formula when the kernel is larger than the input in one direction', async () => {
    const { page } = await show('#lab?kh=9');
    await expect.poll(() => page.getByTestId('lab-out-H').innerText()).toBe('−3');
    expect(await page.getByTestId('lab-out-W').innerText()).toBe('3');
    expect(await page.getByRole('alert').innerText()).toContain('(5 x 5). Kernel size: (9 x 3)');
    expect(await shape(page)).toBe('refused');
  });

  it('says of a value that it does not take why, and keeps the one that it has', async () => {
    const { page } = await show('#lab');
    const kernel = page.getByLabel('kernel h', { exact: true });
    const said = page.locator('.lab-not-used');
    await kernel.fill('99');
    await expect
      .poll(() => said.innerText())
      .toBe('“99” is not used: kernel h is at most 15, since the lab draws every cell. It stays 3.');
    expect(await kernel.inputValue()).toBe('99');
    expect(await axeViolations(page)).toEqual([]);
    await kernel.blur();
    expect(await kernel.inputValue()).toBe('3');
    const stride = page.getByLabel('stride', { exact: true });
    await stride.fill('0');
    await expect
      .poll(() => said.innerText())
      .toContain('PyTorch says “non-positive stride is not supported”');
    await stride.fill('2');
    await expect.poll(() => said.count()).toBe(0);
    await expect.poll(() => shape(page)).toBe('[1, 1, 2, 2]');
    await page.getByLabel('kernel of layer 1').fill('40');
    await expect
      .poll(() => page.locator('.lab-warn[role=alert]').innerText())
      .toContain('“40” is not used: kernel of layer 1 is a whole number from 1 to 32. It stays 3.');
  });

  it('names what in a link it cannot use, until something is changed', async () => {
    const { page } = await show('#lab?kh=99&y=40');
    const said = page.locator('[data-address-problems]');
    await expect
      .poll(() => said.innerText())
      .toBe(
        'kh=99 is not used: kernel h is at most 15, since the lab draws every cell. It stays 3. There is no output y 40: the last is 2. 2 is shown.',
      );
    expect(page.url()).toContain('#lab?kh=99&y=40');
    await page.getByRole('button', { name: 'more stride' }).click();
    await expect.poll(() => said.count()).toBe(0);
    await expect.poll(() => page.url()).not.toContain('kh=99');
  });

  it('marks the one preset that is shown, for each of them, and none when nothing is shown as in a preset', async () => {
    const { page } = await show('#lab');
    const current = page.locator('.lab-preset[aria-current]');
    const presets = page.locator('.lab-preset');
    expect(await page.locator('.lab-presets h2').allInnerTexts()).toEqual([
      'Worked examples',
      'Convolution arithmetic',
      'Transposed convolution',
    ]);
    for (let at = 0; at < (await presets.count()); at++) {
      await presets.nth(at).click();
      const name = await presets.nth(at).locator('b').innerText();
      await expect.poll(() => current.locator('b').allInnerTexts(), { message: name }).toEqual([name]);
    }
    await presets.first().click();
    await page.getByRole('button', { name: 'more kernel h' }).click();
    await expect.poll(() => current.count()).toBe(0);
    await page.getByRole('button', { name: 'less kernel h' }).click();
    await expect.poll(() => current.locator('b').allInnerTexts()).toEqual(['Worked example']);
  });

  it('computes with a cell that was edited, and the link brings it back', async () => {
    const { page } = await show('#lab');
    const kernel = page.getByRole('grid', { name: /^Kernel of output 0/ });
    await kernel.focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Value at y 0, x 0').fill('11');
    await page.keyboard.press('Enter');
    // The first tap lies on 1: ten more than before.
    await expect.poll(() => sum(page)).toBe('= 20');
    await expect.poll(() => page.url()).toContain('kv=11_');
    const again = await browser.open(page.url());
    await expect.poll(() => sum(again.page)).toBe('= 20');
  });

  it('takes a bias for the output that is explained, and the link brings it back', async () => {
    const { page } = await show('#lab?co=2&bias=1&bv=0_0&o=1');
    await page.locator('.lab').waitFor();
    const before = Number((await sum(page)).replace('−', '-').replace('= ', ''));
    await page.getByLabel('bias of out 1').fill('-2.5');
    await expect
      .poll(async () => Number((await sum(page)).replace('−', '-').replace('= ', '')))
      .toBeCloseTo(before - 2.5, 6);
    await expect.poll(() => new URLSearchParams(page.url().split('?')[1]).get('bv')).toBe('0_-2.5');
  });

  it('explains a pixel of several channels, and draws sixteen outputs without a node for each', async () => {
    const { page, assertClean } = await show(
      '#lab?ci=3&co=16&h=28&w=28&kh=5&kw=5&ph=1&pw=1&in=picture&k=random&bias=1',
    );
    await expect.poll(() => shape(page)).toBe('[1, 16, 26, 26]');
    const channels = page.getByRole('listbox', { name: '16 output channels' });
    // Input, kernel and output are seen together.
    const stage = (await page.locator('.lab-stage-box').boundingBox())!;
    for (const name of ['Input channel 0', 'Output channel 0']) {
      const box = (await page.getByLabel(name, { exact: true }).first().boundingBox())!;
      expect(box.y, name).toBeGreaterThanOrEqual(stage.y);
      expect(box.y + box.height, name).toBeLessThanOrEqual(stage.y + stage.height);
    }
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
    const { page } = await show('#lab?sh=2&sw=2&ph=1&pw=1');
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
        const { page } = await show(hash, { theme, width, height });
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );
});
