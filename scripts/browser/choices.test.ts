/** What is chosen on the run page is in its address, fits its place, and is answered. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { range, scalar, scalars, tensor, writeLog } from './support/logs.js';
import { query } from './support/run-page.js';
import { writeSmallNet } from './support/small-net.js';
import { type OpenOptions, type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

const LONG = 'longnames/exp_2026-11-27_resnet50_imagenet_lr0.1_wd1e-4_bs256_aug-randaugment_ema0.9999_fold1';
const fact = (page: Page, grid: string, key: string) =>
  page.locator(`canvas[data-grid=${grid}]`).getAttribute(`data-${key}`);
/** Whether the whole of an element can be seen in its bar. */
const isWhole = (page: Page, selector: string, text: string) =>
  page.locator(selector, { hasText: text }).evaluate((element) => {
    const box = element.getBoundingClientRect();
    const around = element.parentElement!.getBoundingClientRect();
    return (
      box.width > 0 &&
      box.top >= around.top - 1 &&
      box.bottom <= around.bottom + 1 &&
      box.right <= around.right + 1
    );
  });

/** A capture of conv1 in our own format: one channel of 8×8. */
function capture(step: number): RunRecord {
  const shape = { pictures: 1, channels: 1, height: 8, width: 8 };
  const values = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at + step));
  return encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step, wallTime: 1_700_000_000 + step, layer: 'conv1', values, shape },
      ...{ role: 'preactivation', layout: 'NCHW', probes: [0] },
    },
    (bytes) => deflateSync(bytes),
  );
}

function writeLogs(logdir: string): void {
  writeSmallNet(logdir, 'net');
  // Our own run, with accuracies, whose test accuracy is older than the playhead.
  const steps = range(0, 900);
  writeLog(logdir, 'ours', [
    runStartRecord({
      name: 'ours',
      model: {
        layers: [conv2dDescription({ inputShape: [1, 8, 8], outputShape: [1, 8, 8] })],
      },
      probes: [{ index: 0, label: 0 }],
      data: { classes: ['a'] },
      plan: { epochs: 10, stepsPerEpoch: 100, totalSteps: 1000 },
    }),
    ...scalars(SCALAR_TAGS.trainLoss, steps, (step) => 0.1234 + 2 / (1 + step)),
    ...scalars(SCALAR_TAGS.trainAccuracy, steps, (step) => 0.5 + step / 2000),
    ...scalars(SCALAR_TAGS.testAccuracy, [0, 100, 200, 300, 400], (step) => 0.4 + step / 2000),
    ...steps.filter((step) => step % 10 === 0).map((step) => capture(step)),
  ]);
  writeLog(
    logdir,
    'late',
    scalars('loss', range(500, 800), (step) => 1 / step),
  );
  // Channel 2 is dead at many times, for which there is no room on one line of the list.
  writeLog(
    logdir,
    'sick',
    range(0, 40).flatMap((at) => [
      scalar('loss', at * 10, 1),
      tensor('layer1/output', at * 10, [4, 8, 8], (place) =>
        place >> 6 === 2 && at % 3 !== 1 ? 0 : Math.max(0, Math.sin(place * place + at)),
      ),
    ]),
  );
  writeLog(
    logdir,
    LONG,
    scalars('loss', range(0, 30), (step) => 1 / (1 + step)),
  );
}

describe('the run page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => writeLogs(logdir));

  const open = async (hash: string, options?: OpenOptions) => {
    const opened = await browser.open(`${hub.url}#run?${hash}`, options);
    await untilDrawn(opened.page);
    return opened;
  };
  const show = (hash: string, options?: ShowOptions) => browser.show(`${hub.url}#run?${hash}`, options);

  it('keeps the size of the kernels and the chosen contribution in the address', async () => {
    const { page, assertClean } = await show('run=net&layer=conv2');
    const fitted = Number(await fact(page, 'kernels', 'zoom'));
    await page.getByRole('grid', { name: /^Kernel matrix/ }).focus();
    await page.keyboard.press('+');
    await expect.poll(() => fact(page, 'kernels', 'zoom')).toBe(String(fitted + 1));
    await expect.poll(async () => (await query(page)).get('kernel-zoom')).toBe(String(fitted + 1));
    await page.getByRole('grid', { name: /^Contribution of every/ }).focus();
    await page.keyboard.press('PageDown');
    const order = (await fact(page, 'contributions', 'order'))!.split(',');
    await expect.poll(() => fact(page, 'contributions', 'chosen')).toBe(order[1]);
    await expect.poll(async () => (await query(page)).get('in')).toBe(order[1]);

    // The address alone says it, with nothing of what the page has stored.
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await page.reload();
    await untilDrawn(page);
    expect(await fact(page, 'kernels', 'zoom')).toBe(String(fitted + 1));
    expect(await fact(page, 'contributions', 'chosen')).toBe(order[1]);
    await page.locator(`[data-contribution="${order[1]}"]`).waitFor();
    // Another layer has other kernels.
    await page.locator('[data-layer=conv1]').click();
    await expect.poll(async () => [...(await query(page)).keys()]).not.toContain('kernel-zoom');
    await page.goBack();
    await expect.poll(() => fact(page, 'kernels', 'zoom')).toBe(String(fitted + 1));
    await assertClean();
  });

  it('shows the accuracy on the test set at 1440 pixels, wherever the playhead is', async () => {
    const { page, assertClean } = await show('run=ours');
    const reading = '.reading';
    await expect.poll(() => isWhole(page, reading, 'test acc')).toBe(true);
    for (const step of [250, 899]) {
      await page.goto(`${hub.url}#run?run=ours&step=${step}`);
      await expect.poll(() => page.locator('.live.behind').count()).toBe(1);
      await expect
        .poll(() => page.locator(reading, { hasText: 'test acc' }).innerText())
        .toMatch(/of step \d00/);
      expect(await isWhole(page, reading, 'test acc'), `step ${step}`).toBe(true);
    }
    await assertClean();
  });

  it('resizes the list of runs where it lies over the page', async () => {
    const { page, assertClean } = await open('run=net', { width: 800, height: 700 });
    await page.getByRole('button', { name: 'Show the runs' }).click();
    const width = async () => Math.round((await page.locator('.rail').boundingBox())!.width);
    expect(await width()).toBe(264);
    const handle = page.getByRole('separator', { name: 'Width of the runs' });
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + 3, 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 83, 300);
    await page.mouse.up();
    expect(await width()).toBe(344);
    await handle.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await width()).toBe(328);
    expect(await axeViolations(page)).toEqual([]);
    await page.reload();
    await page.getByRole('button', { name: 'Show the runs' }).click();
    expect(await width()).toBe(328);
    await handle.dblclick({ position: { x: 3, y: 500 } });
    expect(await width()).toBe(264);
    await assertClean();
  });

  it('names steps of the timeline that lie before the first one', async () => {
    const { page, assertClean } = await show('run=late&steps=100-400');
    await expect
      .poll(() => page.locator('[data-address-problems]').innerText())
      .toBe('The first step is 500, there are none up to 400: all steps are shown.');
    expect(await page.locator('.strip').getAttribute('data-window')).toBe('500,799');
    expect((await query(page)).get('steps')).toBe('100-400');
    await assertClean();
  });

  it('names a step that a log of scalars only does not have, live or not', async () => {
    const { page, assertClean } = await show('run=late&step=999');
    const notice = page.locator('.notice.absent');
    await expect
      .poll(async () => (await notice.innerText()).replaceAll(/\s+/g, ' '))
      .toBe('This run has no step 999: its last is 799. Step 799 is shown.');
    await page.goto(`${hub.url}#run?run=late&step=600`);
    await expect.poll(() => notice.count()).toBe(0);
    await assertClean();
  });

  it('says why a digit chooses no picture', async () => {
    const { page, assertClean } = await show('run=sick');
    await page.keyboard.press('3');
    await expect
      .poll(() => page.locator('.toast').innerText())
      .toBe('There is no picture 3: this run has 1 picture.');
    await assertClean();
  });

  it('gives names in the narrow list of runs room before it gives it to losses', async () => {
    const { page, assertClean } = await show('run=net');
    expect((await page.locator('.rail').boundingBox())!.width).toBe(184);
    const row = page.locator(`[data-run="${LONG}"]`);
    await expect.poll(async () => (await row.locator('.run-name').innerText()).length).toBeGreaterThan(14);
    const text = (await row.innerText()).replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/raw 0\.033/);
    expect((await row.locator('.cover').getAttribute('title'))?.split('\n')[0]).toBe(LONG);
    const parts = await page
      .locator('.run-row :is(.run-name, .run-loss)')
      .evaluateAll((all) =>
        all.map(
          (one) =>
            one.getBoundingClientRect().right <= one.closest('.run-row')!.getBoundingClientRect().right,
        ),
      );
    expect(parts).not.toContain(false);
    await assertClean();
  });

  it('shows all of a finding in the narrow list', async () => {
    const { page, assertClean } = await show('run=sick');
    const finding = page.locator('.finding').first();
    await expect.poll(() => finding.innerText()).toMatch(/2\s+dead[\s\S]*earlier/);
    const isCut = await finding.evaluate((element) =>
      [element, ...element.querySelectorAll('*')].some(
        (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0,
      ),
    );
    expect(isCut).toBe(false);
    const box = (await finding.boundingBox())!;
    const panel = (await page.locator('.findings').boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(panel.x + panel.width);
    await assertClean();
  });

  it.each([
    ['maps and arithmetic', 'run=net&layer=conv2', undefined],
    ['the kernels', 'run=net&layer=conv2&pane=kernels', undefined],
    ['the inspector', 'run=net&layer=conv2', 'Arithmetic'],
    ['runs, configuration and findings', 'run=sick', 'Runs, config and findings'],
    ['scalars only', 'run=late', undefined],
    ['what an address asks for and is not there', 'run=sick&layer=x&step=7&ch=99&steps=9000-', undefined],
    ['a run that is not there', 'run=nowhere', undefined],
  ])('passes axe on a phone that shows %s', async (_what, hash, button) => {
    const { page } = await show(hash, { width: 400, height: 860, theme: 'dark' });
    if (button !== undefined) await page.getByRole('button', { name: button }).click();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  });
});
