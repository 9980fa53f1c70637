/** Asking a real training process from the page. One process and one page for all tests, in their order. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childPid } from '#server/testing/process.js';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import type { TestPage } from './harness/open-page.js';
import { untilDrawn } from './harness/until-drawn.js';
import {
  type BrowserFolder,
  browserFolder,
  type Convscope,
  startConvscope,
  withSlowTraining,
} from './support/convscope.js';
import { useBrowser } from './support/test-browser.js';

describe('asking the running net', () => {
  const browser = useBrowser();
  let folder: BrowserFolder;
  let training: Convscope;
  beforeAll(async () => {
    folder = browserFolder();
    training = await startConvscope(withSlowTraining(folder), 'train', [
      ...['--data', 'synthetic', '--backend', 'wasm', '--threads', '1', '--model', 'lenet', '--batch', '2'],
      ...['--epochs', '100000', '--capture-every', '0', '--capture-at', '1', '--name', 'asked'],
    ]);
  });
  afterAll(async () => {
    await training?.stop();
    folder?.remove();
  });

  const panel = (page: Page) => page.getByRole('dialog', { name: 'Ask the running net' });
  const said = (page: Page) => panel(page).getByRole('status');
  const shown = async (given: { theme?: 'light' | 'dark'; width?: number } = {}): Promise<TestPage> => {
    const opened = await browser.show(`${training.url}#run?run=asked`, given);
    await opened.page.locator('.ask-button').waitFor();
    return opened;
  };
  const open = async (page: Page) => {
    // The page of the tests before is the same, and the panel may be open.
    if (!(await panel(page).isVisible())) await page.locator('.ask-button').click();
    await panel(page).getByRole('button', { name: 'Capture now' }).waitFor();
  };

  it('captures now by the key C, and shows what it cost', async () => {
    const { page } = await shown();
    await page.locator('[data-run-state=live]').waitFor();
    // The run is listed before its process has loaded what it trains with. Until then there is nobody to ask.
    await open(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    await page.getByText(/Captured step [\d,]+ in [\d.]+ m?s\./).waitFor();
    await page.locator('canvas[data-grid=output]').waitFor();
    await open(page);
    expect(await panel(page).innerText()).toMatch(
      /captures at 1 · the last one held training for [\d.]+ m?s/,
    );
    // No captures are made by their distance.
    await expect.poll(() => page.locator('.foot').innerText()).toMatch(/Capture [\d.]+ m?s(?! every)/);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('says what the settings will cost before they are asked for, and what holds after', async () => {
    const { page } = await shown({ theme: 'dark' });
    await open(page);
    const apply = panel(page).getByRole('button', { name: 'Apply' });
    expect(await apply.isDisabled()).toBe(true);
    await panel(page).getByRole('spinbutton').fill('5000');
    const expected = panel(page).locator('[data-expected-cost]');
    await panel(page).getByLabel('conv1').uncheck();
    await expect
      .poll(() => expected.innerText())
      .toContain('With conv1, from whose maps an input is computed.');
    await panel(page).getByLabel('conv1').check();
    await panel(page).getByLabel('conv2').uncheck();
    await expect
      .poll(() => expected.innerText())
      .toMatch(
        /costs about [\d.]+ m?s, with the work of the log writer: (< )?[\d.]+ % of the training time at every 5000 steps/,
      );
    // What is not yet applied stays while the panel is closed.
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'detached' });
    await open(page);
    expect(await panel(page).getByLabel('conv2').isChecked()).toBe(false);
    expect(await panel(page).getByRole('spinbutton').inputValue()).toBe('5000');
    await panel(page).getByLabel('also at').fill('10-');
    expect(await expected.innerText()).toContain('"10-" is neither a step');
    expect(await apply.isDisabled()).toBe(true);
    await panel(page).getByLabel('also at').fill('');
    await apply.click();
    await expect.poll(() => said(page).innerText()).toContain('A capture every 5000 steps.');
    await expect
      .poll(() => panel(page).locator('.ask-now').innerText())
      .toContain('a capture every 5,000 steps');
    expect(await panel(page).getByLabel('conv2').isChecked()).toBe(false);
    // The foot names the budget that holds, not the one that the run began with.
    expect(await page.locator('.foot').innerText()).not.toContain('budget');
    expect(await panel(page).locator('.ask-now').innerText()).not.toContain('budget');
    await panel(page).getByText('within a budget').click();
    await panel(page).getByRole('spinbutton').fill('0.5');
    await panel(page).getByLabel('conv2').check();
    await apply.click();
    await expect.poll(() => page.locator('.foot').innerText()).toContain('(budget 0.5 %)');
    await panel(page).getByText('every N steps').click();
    await panel(page).getByRole('spinbutton').fill('0');
    await apply.click();
    await until(async () => apply.isDisabled(), 'the settings to be applied');
  });

  it('pauses training and lets it go on', async () => {
    const { page } = await shown();
    await open(page);
    await panel(page).getByRole('button', { name: 'Pause training' }).click();
    await expect.poll(() => said(page).innerText()).toMatch(/^Training is paused at step \d+\.$/);
    await page.locator('.ask-button').getByText('paused').waitFor();
    const status = page.locator('.status');
    await expect.poll(() => status.innerText()).toContain('paused');
    expect(await status.innerText()).not.toMatch(/\blive\b|no data|ETA/);
    await page.getByRole('button', { name: /^asked, paused, step / }).waitFor();
    expect(await page.locator('.timeline .live').innerText()).toBe('Paused');
    await panel(page).getByRole('button', { name: 'Go on training' }).click();
    await expect.poll(() => said(page).innerText()).toMatch(/^Training goes on from step \d+\.$/);
    await expect.poll(() => status.innerText()).not.toContain('paused');
  });

  it('captures other pictures from then on, one of them uploaded, and earlier maps keep theirs', async () => {
    const { page } = await shown({ width: 400 });
    await open(page);
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 60, height: 40 } });
    const upload = panel(page).getByLabel('Upload pictures');
    await upload.setInputFiles({ name: 'not.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await expect.poll(() => panel(page).getByRole('alert').innerText()).toContain('not a PNG, JPEG');
    // A picture that can be taken does not hide what is wrong with the one before it, and none is left out silently.
    const files = ['0', '1', '2', '3', '4', '5', '6', '7'].map((name) => ({
      name: `${name}.png`,
      mimeType: 'image/png',
      buffer: picture,
    }));
    const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await upload.setInputFiles([broken, ...files]);
    await expect
      .poll(() => panel(page).getByRole('alert').innerText())
      .toMatch(/^broken\.png.*not a PNG.* 1 picture left out: 8 can be captured at a time\.$/);
    const focused = page.locator(':focus');
    await panel(page).getByRole('button', { name: 'Leave out 0.png' }).focus();
    for (const { name } of files.slice(0, 7)) {
      const leaveOut = panel(page).getByRole('button', { name: `Leave out ${name}` });
      // The keyboard goes on from where it was.
      await leaveOut.and(focused).press('Enter');
      await leaveOut.waitFor({ state: 'detached' });
    }
    expect(await focused.innerText()).toBe('Upload');
    await panel(page).locator('.ask-index').fill('17');
    await page.keyboard.press('Enter');
    await upload.setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer: picture });
    await panel(page).getByRole('img', { name: 'mine.png as the net gets it' }).waitFor();
    // What was chosen stays while the panel is closed.
    await page.keyboard.press('Escape');
    await panel(page).waitFor({ state: 'detached' });
    await open(page);
    await panel(page).getByRole('img', { name: 'mine.png as the net gets it' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await panel(page).getByRole('button', { name: 'Capture 2 pictures from now on' }).click();
    await expect.poll(() => said(page).innerText()).toMatch(/^Captured step \d+ in/);
    await page.keyboard.press('Escape');

    const { page: wide } = await shown();
    const probes = wide.getByRole('radiogroup', { name: 'Probe picture' });
    await expect.poll(() => probes.getByRole('radio').count()).toBe(2);
    expect(await probes.getByRole('radio').nth(1).getAttribute('aria-label')).toBe('mine.png');
    // Training goes on, so several captures may have the new pictures by now.
    await expect
      .poll(async () => {
        await wide.keyboard.press('ArrowLeft');
        await untilDrawn(wide);
        return probes.getByRole('radio').count();
      })
      .toBe(8);
  });

  it('is noted in the log of the run', async () => {
    const { page } = await browser.show(`${training.url}#text`);
    await page.getByText('convscope/requests').first().waitFor();
  });

  it('says of a lost hub that what stands there is of before, until it is back', async () => {
    const { page, assertClean } = await shown();
    await open(page);
    const hub = childPid(training, 'hub-process');
    process.kill(hub, 'SIGKILL');
    await panel(page).getByText('This is what held when it was last heard of.').waitFor();
    await panel(page)
      .getByText('This is what held when it was last heard of.')
      .waitFor({ state: 'detached', timeout: 60_000 });
    await panel(page).getByRole('button', { name: 'Capture now' }).click();
    await expect.poll(() => said(page).innerText()).toMatch(/^Captured step/);
    await assertClean([/ERR_CONNECTION|WebSocket connection|Failed to (load|fetch)/]);
  });

  it('says that there is nobody to ask once the run has ended', async () => {
    await training.stop();
    training = await startConvscope(folder, 'serve');
    const { page } = await shown();
    if (!(await panel(page).isVisible())) await page.locator('.ask-button').click();
    await panel(page).getByText('This run has ended (interrupted), so there is no process to ask.').waitFor();
  });
});
