/** What was put away: archived runs, the trash, and pages that may not change runs. */
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { type BrowserFolder, browserFolder, startConvscope } from './support/convscope.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const row = (page: Page, run: string) => page.locator(`.run-row[data-run="${run}"]`);
const tools = (page: Page) => page.getByRole('toolbar', { name: 'Selected runs' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Archived and deleted runs' });

function writeRuns({ logdir }: BrowserFolder, names: readonly string[]): void {
  for (const name of names) {
    writeRun(logdir, { name, losses: [1, 0.5, 0.25] });
    const directory = join(logdir, name);
    // So that none is taken for one that is being written.
    for (const file of readdirSync(directory))
      utimesSync(join(directory, file), 1_700_000_000, 1_700_000_000);
  }
}

describe('runs that were put away', () => {
  const browser = useBrowser();
  // Each test that leaves something behind has runs of its own.
  const RUNS = ['a', 'b', 'c', 'd'];
  const hub = useHub((folder) => writeRuns(folder, RUNS));
  const show = () => browser.show(`${hub.url}#scalars`);
  const select = async (page: Page, run: string) => {
    const cover = row(page, run).locator('.cover');
    await cover.focus();
    // What an earlier test has selected.
    await page.keyboard.press('Escape');
    await expect.poll(() => tools(page).count()).toBe(0);
    await cover.focus();
    await page.keyboard.press('Control+Space');
    await until(async () => (await tools(page).innerText()).includes('1 selected'), 'the selection');
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
    await expect.poll(() => page.locator('.run-row').count()).toBe(RUNS.length);
    expect(readdirSync(hub.folder.logdir)).toEqual(expect.arrayContaining(RUNS));
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
    const other = await browser.open(`${hub.url}#run?run=c`);
    await row(other.page, 'c').waitFor();
    await select(page, 'c');
    await tools(page).getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    const missing = (at: Page) => at.locator('[data-missing-run="c"]');
    await expect.poll(() => missing(other.page).innerText()).toContain('no longer in');
    await expect.poll(() => missing(other.page).innerText()).toContain('it was moved to the trash.');
    await page.goto(`${hub.url}#run?run=c`);
    await page.reload();
    await expect.poll(() => missing(page).innerText()).toContain('There is no run “c”');
    await expect.poll(() => missing(page).innerText()).toContain('it is in the trash.');
    expect(await axeViolations(page)).toEqual([]);
    await missing(page).getByRole('button', { name: 'Restore' }).click();
    for (const at of [page, other.page]) {
      await expect.poll(() => missing(at).count()).toBe(0);
      await expect.poll(() => row(at, 'c').count()).toBe(1);
    }
    await assertClean();
    await other.assertClean();
  });

  it('are called by their labels on every page, and keep their names in addresses', async () => {
    const { page, assertClean } = await show();
    await select(page, 'd');
    await tools(page).getByRole('button', { name: 'Rename…' }).click();
    await page.getByRole('textbox', { name: 'Label' }).fill('baseline');
    await page.keyboard.press('Enter');
    await expect.poll(() => row(page, 'd').locator('.run-name').innerText()).toBe('baseline');
    const plot = page.locator('[data-card="train/loss"] .card-plot');
    await until(async () => (await plot.getAttribute('data-curves')) === String(RUNS.length), 'the curves');
    await plot.hover();
    await expect.poll(() => page.locator('.curve-tip').innerText()).toMatch(/\bbaseline\b/);
    await page.goto(`${hub.url}#run?run=d`);
    await expect.poll(() => page.locator('.top .status b').first().innerText()).toBe('baseline');
    await page.goto(`${hub.url}#summary?run=d`);
    await page.getByRole('heading', { name: 'baseline' }).waitFor();
    expect(await page.locator('.summary-head').innerText()).toMatch(/^baseline\s+d\s/);
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
    const folder = browserFolder();
    writeRuns(folder, ['a']);
    const served = await startConvscope(folder, 'serve', ['--read-only']);
    try {
      const { page, assertClean } = await browser.open(`${served.url}#scalars`);
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
    } finally {
      await served.stop();
      folder.remove();
    }
  });
});
