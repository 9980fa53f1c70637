/** Choosing what is compared: the steps on the curve, and the runs among hundreds of them. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { scalar, scalars, tensor, writeLog } from './support/logs.js';
import { hashOf } from './support/run-page.js';
import { copyTrainedRun, useBrowser, useHub } from './support/test-browser.js';

const RUNS = 250;
const shown = async (page: Page, grid: string) =>
  page.locator(`canvas[data-grid=${grid}]`).getAttribute('data-step');
const head = (page: Page, side: string) => page.getByRole('slider', { name: `Step of ${side} on the curve` });
const stepOf = async (page: Page, side: string) => head(page, side).getAttribute('aria-valuenow');
const middleOf = async (page: Page, side: string) => {
  const box = (await head(page, side).boundingBox())!;
  return { x: box.x, y: box.y + box.height / 2 };
};

describe('the choice of what is compared', () => {
  const browser = useBrowser();
  const hub = useHub(async (folder) => {
    await copyTrainedRun(folder, 'net');
    writeLog(folder.logdir, 'torch', [
      ...scalars('loss', [0, 5, 10, 15, 20, 25, 30], (step) => (step < 30 ? 2 - step / 20 : Number.NaN)),
      ...[0, 12, 24].map((step) => tensor('conv1/output', step, [1, 2, 4, 4], (at) => at * step)),
    ]);
    for (let index = 0; index < RUNS; index++)
      writeLog(folder.logdir, `many/run-${index}`, [{ ...scalar('loss', 0, index), wallTime: 4e9 }]);
  });
  const show = async (hash: string, options = {}) => {
    const opened = await browser.show(`${hub.url}${hash}`, options);
    await head(opened.page, 'A').waitFor();
    return opened;
  };

  it('opens with a run that has maps, whatever other runs are newer', async () => {
    const { page } = await show('#compare');
    // The runs without maps were all logged later.
    expect(await page.locator('main').innerText()).toMatch(/A\s+(net|torch)\s[\s\S]*B\s+(net|torch)\s/);
  });

  it('says what of its address it does not know or have, also when it has chosen the steps', async () => {
    const { page } = await show('#compare?run=net&layer=conv1&ch=99');
    const said = page.locator('[data-address-problems]');
    await expect
      .poll(() => said.innerText())
      .toMatch(/does not know “run” in the address: it is left out\..*There is no channel 99 in conv1 of A/);
    await until(async () => (await shown(page, 'b')) !== null, 'the maps');
    await page.keyboard.press('k');
    await until(async () => (await said.count()) === 0, 'the sentences to go');
    await expect.poll(() => hashOf(page)).toMatch(/^#compare\?a=\w+@0&layer=conv1&b=\w+@\d+&ch=\d+$/);
  });

  it('says that the log lacks the gradients of its address, until something else is chosen', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1&view=gradient');
    const said = page.getByText('The log has no gradients of conv1: maps are shown.');
    await said.waitFor();
    await page.getByRole('button', { name: 'kernels' }).click();
    await said.waitFor({ state: 'detached' });
  });

  it('has a playhead for each side on the curve, and dragging it shows other captures', async () => {
    const { page, assertClean } = await show('#compare?a=net@0&b=net@20&layer=conv1');
    const curve = page.getByRole('region', { name: 'Curve with the steps of A and B' });
    await until(async () => (await curve.getAttribute('data-curves')) === '1', 'the curve');
    expect(await curve.innerText()).toContain('train/loss');
    const [a, b] = [await middleOf(page, 'A'), await middleOf(page, 'B')];
    const perStep = (b.x - a.x) / 20;
    expect(perStep).toBeGreaterThan(5);

    await page.mouse.move(b.x + 3, b.y);
    await page.mouse.down();
    await page.mouse.move(b.x + 11 * perStep, b.y, { steps: 4 });
    await page.mouse.up();
    await until(async () => (await shown(page, 'b')) === '30', 'the capture under the pointer');
    await page.mouse.move(a.x + 3, a.y);
    await page.mouse.down();
    await page.mouse.move(a.x + 9 * perStep, a.y, { steps: 4 });
    await page.mouse.up();
    await until(async () => (await shown(page, 'a')) === '10', 'the other capture');
    expect(await stepOf(page, 'B')).toBe('30');
    await until(async () => /a=net@10&.*b=net@30/.test(await hashOf(page)), 'the address');
    await until(async () => {
      const moved = await middleOf(page, 'A');
      return Math.abs(moved.x - (a.x + 10 * perStep)) < 2;
    }, 'the playhead at its capture');
    await assertClean();
  });

  it('moves a playhead by keys', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1');
    await head(page, 'A').focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await shown(page, 'a')) === '10', 'the next capture');
    expect(await shown(page, 'b')).toBe('20');
    await page.keyboard.press('End');
    await until(async () => (await shown(page, 'a')) === '30', 'the last capture');
    await page.keyboard.press('Home');
    await until(async () => (await shown(page, 'a')) === '0', 'the first capture');
  });

  it('draws the curves of two runs, each with its own captures', async () => {
    const { page } = await show('#compare?a=net@20&b=torch@12');
    const curve = page.getByRole('region', { name: 'Curve with the steps of A and B' });
    await until(async () => (await curve.getAttribute('data-curves')) === '2', 'both curves');
    expect(await curve.innerText()).toContain('A train/loss, B loss');
    // A loss that is not finite has no place on the curve, and a mark.
    await expect.poll(() => curve.locator('canvas.overlay').getAttribute('data-non-finite')).toBe('1 NaN');
    await head(page, 'B').focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await stepOf(page, 'B')) === '24', 'the next capture of B');
  });

  it('finds every run by a part of its name', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1');
    await page.getByRole('combobox', { name: 'Run of B' }).click();
    const field = page.getByRole('combobox', { name: 'Search: Run of B' });
    await field.waitFor();
    expect(await page.getByRole('option').count()).toBe(100);
    expect(await page.locator('.search-popup').innerText()).toContain(`${RUNS + 2} in all`);
    await field.fill('run-17');
    await until(async () => (await page.getByRole('option').count()) === 11, 'run-17 and run-170 to run-179');
    await field.fill('nothing of the kind');
    await page.getByText('No name contains this.').waitFor();
    await field.fill('torch');
    await page.keyboard.press('Enter');
    await until(async () => (await hashOf(page)).includes('b=torch@24'), 'the run and its newest capture');
    expect(await page.getByRole('option').count()).toBe(0);
  });

  it.each([
    ['light', 1440],
    ['dark', 400],
  ] as const)('passes axe with the list of runs open in the %s theme at %i pixels', async (theme, width) => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1', { theme, width, height: 800 });
    await page.getByRole('combobox', { name: 'Run of A' }).click();
    await page.getByRole('combobox', { name: 'Search: Run of A' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
