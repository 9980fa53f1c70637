/** What was put away: archived runs, the trash, and pages that may not change runs. */
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { type BrowserFolder, browserFolder, type Convscope, startConvscope } from './support/convscope.js';
import { type OpenOptions, useBrowser } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const row = (page: Page, run: string) => page.locator(`.run-row[data-run="${run}"]`);
const tools = (page: Page) => page.getByRole('toolbar', { name: 'Selected runs' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Archived and deleted runs' });

describe('runs that were put away', () => {
  const browser = useBrowser();
  let folder: BrowserFolder;
  let served: Convscope | undefined;
  afterEach(async () => {
    await served?.stop();
    served = undefined;
    folder?.remove();
  });

  const show = async (args: readonly string[] = [], options: OpenOptions = {}) => {
    folder = browserFolder();
    mkdirSync(folder.logdir, { recursive: true });
    for (const name of ['a', 'b', 'c']) {
      writeRun(folder.logdir, { name, losses: [1, 0.5, 0.25] });
      const directory = join(folder.logdir, name);
      // So that none is taken for one that is being written.
      for (const file of readdirSync(directory))
        utimesSync(join(directory, file), 1_700_000_000, 1_700_000_000);
    }
    served = await startConvscope(folder, 'serve', args);
    return browser.open(`${served.url}#scalars`, options);
  };
  const select = async (page: Page, run: string) => {
    await row(page, run).locator('.cover').focus();
    await page.keyboard.press('Control+Space');
    await until(async () => (await tools(page).count()) === 1, 'the tools of the selection');
  };

  it('are listed with what takes that back, also after the page was reloaded', async () => {
    const { page, assertClean } = await show();
    await select(page, 'a');
    await tools(page).getByRole('button', { name: 'Archive' }).click();
    await expect.poll(() => row(page, 'a').count()).toBe(0);
    // An archived run is not selected any more.
    await expect.poll(() => tools(page).count()).toBe(0);
    await select(page, 'b');
    await tools(page).getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => row(page, 'b').count()).toBe(0);

    await page.reload();
    await until(async () => (await row(page, 'c').count()) === 1, 'the runs');
    await page.getByRole('button', { name: 'Archived and deleted runs' }).click();
    await until(async () => (await dialog(page).getByRole('listitem').count()) === 2, 'both runs');
    expect(await axeViolations(page)).toEqual([]);
    await dialog(page).getByRole('button', { name: 'Unarchive a' }).click();
    await dialog(page).getByRole('button', { name: 'Restore b' }).click();
    await expect.poll(() => dialog(page).getByRole('listitem').count()).toBe(0);
    await until(async () => (await dialog(page).innerText()).includes('The trash is empty'), 'no trash');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.run-row').count()).toBe(3);
    expect(readdirSync(folder.logdir)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    await assertClean();
  });

  it('come back from the sentence that says that they were archived', async () => {
    const { page, assertClean } = await show();
    await select(page, 'a');
    await tools(page).getByRole('button', { name: 'Archive' }).click();
    await until(async () => (await page.getByText('1 run archived.').count()) === 1, 'the sentence');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => row(page, 'a').count()).toBe(1);
    await assertClean();
  });

  it('are said to be in the trash where they were shown, and at their address, and come back from there', async () => {
    const { page, assertClean } = await show();
    const other = await browser.open(`${served!.url}#run?run=b`);
    await row(other.page, 'b').waitFor();
    await select(page, 'b');
    await tools(page).getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    const missing = (at: Page) => at.locator('[data-missing-run="b"]');
    await expect.poll(() => missing(other.page).innerText()).toContain('no longer in');
    await expect.poll(() => missing(other.page).innerText()).toContain('it was moved to the trash.');
    await page.goto(`${served!.url}#run?run=b`);
    await page.reload();
    await expect.poll(() => missing(page).innerText()).toContain('There is no run “b”');
    await expect.poll(() => missing(page).innerText()).toContain('it is in the trash.');
    expect(await axeViolations(page)).toEqual([]);
    await missing(page).getByRole('button', { name: 'Restore' }).click();
    for (const at of [page, other.page]) {
      await expect.poll(() => missing(at).count()).toBe(0);
      await expect.poll(() => row(at, 'b').count()).toBe(1);
    }
    await assertClean();
    await other.assertClean();
  });

  it('are called by their labels on every page, and keep their names in addresses', async () => {
    const { page, assertClean } = await show();
    await select(page, 'b');
    await tools(page).getByRole('button', { name: 'Rename…' }).click();
    await page.getByRole('textbox', { name: 'Label' }).fill('baseline');
    await page.keyboard.press('Enter');
    await expect.poll(() => row(page, 'b').locator('.run-name').innerText()).toBe('baseline');
    const plot = page.locator('[data-card="train/loss"] .card-plot');
    await until(async () => (await plot.getAttribute('data-curves')) === '3', 'the curves');
    await plot.hover();
    await expect.poll(() => page.locator('.curve-tip').innerText()).toMatch(/\bbaseline\b/);
    await page.goto(`${served!.url}#run?run=b`);
    await expect.poll(() => page.locator('.top .status b').first().innerText()).toBe('baseline');
    await page.goto(`${served!.url}#summary?run=b`);
    await page.getByRole('heading', { name: 'baseline' }).waitFor();
    expect(await page.locator('.summary-head').innerText()).toMatch(/^baseline\s+b\s/);
    await assertClean();
  });

  it('are deleted only by a key that is meant: the focus is on the button that does not', async () => {
    const { page, assertClean } = await show();
    await select(page, 'a');
    const ask = tools(page).getByRole('button', { name: 'Delete…' });
    await ask.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await until(
      () => page.evaluate(() => document.activeElement?.textContent === 'Cancel'),
      'the focus on Cancel',
    );
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await row(page, 'a').count()).toBe(1);
    await assertClean();
  });

  it('cannot be changed under --read-only: the buttons are disabled, and the page says why', async () => {
    const { page, assertClean } = await show(['--read-only']);
    await select(page, 'a');
    for (const name of ['Rename…', 'Note…', 'Archive', 'Delete…'])
      await expect
        .poll(() => tools(page).getByRole('button', { name }).getAttribute('aria-disabled'))
        .toBe('true');
    expect(await page.locator('.selection-bar').innerText()).toContain('--read-only');
    await tools(page).getByRole('button', { name: 'Delete…' }).click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(
      await tools(page).getByRole('button', { name: 'Draw only' }).getAttribute('aria-disabled'),
    ).not.toBe('true');
    await page.getByRole('button', { name: 'Archived and deleted runs' }).click();
    await until(async () => (await dialog(page).innerText()).includes('--read-only'), 'the reason');
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });
});
