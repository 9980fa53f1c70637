/**
 * What a unit looks for, and what a prediction depends on, with a real training process. One process and one page for all
 * tests, in their order.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import type { TestPage } from './harness/open-page.js';
import {
  type BrowserFolder,
  browserFolder,
  type Convscope,
  startConvscope,
  withSlowTraining,
} from './support/convscope.js';
import { useBrowser } from './support/test-browser.js';

describe('what a unit looks for', () => {
  const browser = useBrowser();
  let folder: BrowserFolder;
  let training: Convscope;
  beforeAll(async () => {
    folder = browserFolder();
    // Short steps and long pauses. Top pictures are found after the first epoch, which is short as well.
    training = await startConvscope(withSlowTraining(folder, 200), 'train', [
      ...['--data', 'synthetic', '--backend', 'wasm', '--threads', '1', '--model', 'lenet', '--batch', '128'],
      ...['--epochs', '100000', '--capture-every', '100000', '--name', 'units'],
    ]);
  });
  afterAll(async () => {
    await training?.stop();
    folder?.remove();
  });

  const top = (page: Page) => page.getByRole('region', { name: 'Top pictures of the test set' });
  const reason = (page: Page) => page.getByRole('region', { name: 'What the score depends on' });
  const map = (page: Page) => reason(page).locator('[data-score-map]');
  const shown = async (
    query = '',
    given: { theme?: 'light' | 'dark'; width?: number } = {},
  ): Promise<TestPage> => {
    const opened = await browser.show(`${training.url}#run?run=units&layer=conv2&ch=3${query}`, given);
    const { page } = opened;
    // On narrow screens the inspector lies over the page, behind a sheet at its bottom.
    if (given.width !== undefined) await page.locator('.sheet').getByRole('button').click();
    await top(page).scrollIntoViewIfNeeded();
    return opened;
  };

  it('covers patches of a probe when it is asked to, and says the cost before and after', async () => {
    const { page } = await shown();
    await reason(page).scrollIntoViewIfNeeded();
    await reason(page).getByText('The log holds no occlusion map of this probe.').waitFor();
    await expect
      .poll(() => reason(page).locator('[data-expected-cost]').innerText())
      .toMatch(
        /^49 patches: perhaps [\d.]+ m?s, going by the evaluation of the test set, in pieces between the steps of training\.$/,
      );
    await reason(page).getByLabel('patch').fill('40');
    await reason(page).getByText('A patch must be from 1 to 32 pixels wide.').waitFor();
    const button = reason(page).getByRole('button', { name: 'Cover patches now' });
    expect(await button.isDisabled()).toBe(true);
    await reason(page).getByLabel('patch').fill('8');
    await button.click();
    await expect
      .poll(() => reason(page).getByRole('status').innerText())
      .toMatch(
        /^Covered 49 patches of probe 0 \(.+\) with the net of step \d+: [\d.]+ m?s, in \d+ pieces?\.$/,
      );
    await expect
      .poll(() => reason(page).locator('[data-expected-cost]').innerText())
      .toMatch(/^49 patches: about [\d.]+ m?s, going by the last map, in pieces/);
    await map(page).waitFor();
    expect(await map(page).getAttribute('data-score-map')).toBe('7x7');
    await map(page).scrollIntoViewIfNeeded();
    // The second patch of the second row.
    await map(page).hover({ position: { x: 46, y: 46 } });
    await expect
      .poll(() => reason(page).locator('[data-score-text]').innerText())
      .toMatch(/^y 8…15, x 8…15 covered: [\d.]+ % becomes [\d.]+ %/);
    expect(await axeViolations(page)).toEqual([]);
    // What became of it says nothing of the other kind of map.
    await reason(page).getByText('saliency', { exact: true }).click();
    await reason(page).getByRole('button', { name: 'Compute it now' }).waitFor();
    expect(await reason(page).getByRole('status').innerText()).toBe('');
  });

  it('computes the gradient of a class score, with its signs or without', async () => {
    const { page } = await shown('&reason=saliency&class=4', { theme: 'dark' });
    await reason(page)
      .getByText(/^The log holds no gradient of synthetic 4/)
      .waitFor();
    const cost = reason(page).locator('[data-expected-cost]');
    await expect
      .poll(() => cost.innerText())
      .toMatch(/^Takes perhaps [\d.]+ m?s: a guess, until one has been computed\.$/);
    await reason(page).getByRole('button', { name: 'Compute it now' }).click();
    await expect.poll(() => cost.innerText()).toMatch(/^Takes about [\d.]+ m?s\.$/);
    await expect
      .poll(() => reason(page).getByRole('status').innerText())
      .toMatch(/^The gradient of synthetic 4 for probe 0 \(.+\) at step \d+ took [\d.]+ m?s\.$/);
    await map(page).waitFor();
    expect(await map(page).getAttribute('data-score-map')).toBe('32x32');
    await reason(page).getByText('largest gradient of a pixel').waitFor();
    await reason(page).getByRole('button', { name: '|gradient|' }).click();
    await reason(page).getByText('largest |gradient| of a pixel').waitFor();
    await expect.poll(() => page.url()).toContain('gradient=size');
    await map(page).scrollIntoViewIfNeeded();
    await map(page).hover({ position: { x: 6, y: 10 } });
    await expect
      .poll(() => reason(page).locator('[data-score-text]').innerText())
      .toMatch(/^y 2, x 1: red \S+, green \S+, blue \S+$/);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('shows the nine pictures that drive a channel highest', async () => {
    const { page } = await shown();
    await top(page).locator('.top-picture[data-drawn=true]').nth(8).waitFor({ timeout: 120_000 });
    await top(page).scrollIntoViewIfNeeded();
    const labels = await top(page)
      .locator('.top-picture')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label') ?? ''));
    expect(labels).toHaveLength(9);
    const values = labels.map((label) => {
      const found = /^(\S+) at y \d+, x \d+ of test picture \d+, synthetic \d(: show|, which)/.exec(label);
      return Number(found?.[1]?.replace('−', '-'));
    });
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(await axeViolations(page)).toEqual([]);
  });

  it('makes a top picture a probe, and shows it at the place of its maximum once it has been captured', async () => {
    const { page } = await shown('', { width: 400 });
    const tile = top(page).locator('.top-picture').first();
    const place = /at y (\d+), x (\d+)/.exec((await tile.getAttribute('aria-label')) ?? '');
    await tile.click();
    await top(page).getByRole('button', { name: 'Capture it as a probe' }).click();
    await expect.poll(() => page.url(), { timeout: 60_000 }).toContain('probe=7');
    expect(await tile.getAttribute('aria-label')).toContain('show this probe');
    // Its mark is not cut off by the name of its class.
    const [mark, all] = [
      await tile.getByText('probe', { exact: true }).boundingBox(),
      await tile.boundingBox(),
    ];
    expect(mark!.x + mark!.width).toBeLessThanOrEqual(all!.x + all!.width + 0.5);
    expect(await top(page).getByRole('status').count()).toBe(0);
    expect(new URLSearchParams(page.url().split('?')[1]).get('y')).toBe(place?.[1]);
    expect(new URLSearchParams(page.url().split('?')[1]).get('x')).toBe(place?.[2]);
  });

  it('is replayed from the log once the run has ended', async () => {
    await training.stop();
    training = await startConvscope(folder, 'serve');
    const { page } = await shown();
    await top(page).locator('.top-picture[data-drawn=true]').nth(8).waitFor();
    // Whether it was interrupted or killed: a slow machine gives it no time to say that it ends.
    await reason(page)
      .getByText(
        /^(This run has ended|The process that trained this run is gone|The process that trains this run is not connected)/,
      )
      .waitFor();
    await reason(page)
      .getByText(/is of other probe pictures\.$/)
      .waitFor();
    await goTo(page, '#run?run=units&layer=conv2&ch=3&step=0');
    await reason(page).getByRole('button', { name: 'Go there' }).click();
    await map(page).waitFor();
    expect(await map(page).getAttribute('data-score-map')).toBe('7x7');
  });
});
