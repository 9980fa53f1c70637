/** The images page: pictures of all runs, step by step. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { ROOT } from './support/convscope.js';
import { writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { appendToLog, blinkingGif, bombPng, colourPng, deepPng, images } from './support/pictures.js';
import { type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

const card = (page: Page, run: string, tag: string) =>
  page.locator(`.image-card[data-run="${run}"][data-tag="${tag}"]`);
const stepOf = (page: Page, run: string, tag: string) =>
  card(page, run, tag).locator('time').getAttribute('data-step');
/** RGB of a pixel of the shown picture, as its canvas has it. */
const pixelOf = (page: Page, run: string, tag: string, x = 0, y = 0) =>
  card(page, run, tag)
    .locator('canvas')
    .evaluate(
      (element, [at, down]) => {
        const context = (element as HTMLCanvasElement).getContext('2d')!;
        return [...context.getImageData(at!, down!, 1, 1).data.slice(0, 3)];
      },
      [x, y],
    );

describe('the images page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'a', [
      ...[0, 10, 20, 30].map((step) => images('sample', step, colourPng(8, 6, step))),
      images('batch', 0, colourPng(4, 4, 1), colourPng(4, 4, 2), colourPng(4, 4, 3)),
      images('deep', 0, deepPng(5, 4)),
      images('moving', 0, blinkingGif(5)),
      images('broken', 0, colourPng(8, 8, 1).slice(0, 60)),
      images('bomb', 0, bombPng(60_000, 60_000)),
      images('text', 0, new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')),
    ]);
    writeLog(logdir, 'b', [...[5, 15].map((step) => images('sample', step, colourPng(8, 6, 100 + step)))]);
    cpSync(join(ROOT, 'shared/src/event-log/fixtures/events/tf2-summary'), join(logdir, 'tf2'), {
      recursive: true,
    });
  });
  const show = async (hash = '', options?: ShowOptions) => {
    const shown = await browser.show(`${hub.url}#images${hash}`, options);
    await card(shown.page, 'a', 'sample').waitFor();
    await untilDrawn(shown.page);
    return shown;
  };

  it('shows the newest picture of each run side by side, and that of a step on its slider', async () => {
    const { page, assertClean } = await show();
    expect(await stepOf(page, 'a', 'sample')).toBe('30');
    expect(await stepOf(page, 'b', 'sample')).toBe('15');
    expect(await pixelOf(page, 'a', 'sample', 3, 2)).toEqual([30, 3, 2]);
    const [left, right] = await Promise.all(['a', 'b'].map((run) => card(page, run, 'sample').boundingBox()));
    expect(left!.y).toBe(right!.y);

    const slider = page.getByRole('slider', { name: 'Step of all cards' });
    await slider.focus();
    // The steps of all cards are 0, 1, 5, 10 and so on.
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await until(async () => (await stepOf(page, 'a', 'sample')) === '10', 'the step of the slider');
    // The newest at or before it.
    expect(await stepOf(page, 'b', 'sample')).toBe('5');
    expect(await pixelOf(page, 'a', 'sample')).toEqual([10, 0, 0]);
    await assertClean();
  });

  it('says that a run has no picture yet at the step', async () => {
    const { page, assertClean } = await show('?step=2');
    expect(await stepOf(page, 'a', 'sample')).toBe('0');
    expect(await card(page, 'b', 'sample').innerText()).toContain('The first picture is of step 5.');
    await assertClean();
  });

  it('stays where it was put when pictures come, and follows at its end', async () => {
    const { page, assertClean } = await show('?step=20');
    const slider = page.getByRole('slider', { name: 'Step of all cards' });
    const most = await slider.getAttribute('max');
    appendToLog(hub.folder.logdir, 'a', [images('sample', 40, colourPng(8, 6, 40))]);
    await until(async () => (await slider.getAttribute('max')) !== most, 'the new step');
    expect(await stepOf(page, 'a', 'sample')).toBe('20');
    expect(await slider.getAttribute('aria-valuetext')).toBe('step 20');
    await page.getByRole('button', { name: 'Newest', exact: true }).click();
    await until(async () => (await stepOf(page, 'a', 'sample')) === '40', 'the newest');
    appendToLog(hub.folder.logdir, 'a', [images('sample', 50, colourPng(8, 6, 50))]);
    await until(async () => (await stepOf(page, 'a', 'sample')) === '50', 'the picture that has come');
    await assertClean();
  });

  it('gives each card a slider of its own', async () => {
    const { page, assertClean } = await show('?tags=sample');
    await page.getByRole('button', { name: 'One a card' }).click();
    const own = page.getByRole('slider', { name: 'Step of sample of b' });
    await own.focus();
    await page.keyboard.press('Home');
    await until(async () => (await stepOf(page, 'b', 'sample')) === '5', 'its own step');
    expect(Number(await stepOf(page, 'a', 'sample'))).toBeGreaterThanOrEqual(30);
    // The address lags a moment behind.
    await until(() => page.url().includes('card='), 'the address');
    await page.reload();
    await until(async () => (await stepOf(page, 'b', 'sample')) === '5', 'the step of the address');
    await assertClean();
  });

  it('shows every picture of a batch', async () => {
    const { page, assertClean } = await show('?tags=batch|sample&picture=1');
    expect(await pixelOf(page, 'a', 'batch')).toEqual([2, 0, 0]);
    await card(page, 'a', 'batch').getByRole('button', { name: 'Next picture of the batch' }).click();
    await until(async () => (await pixelOf(page, 'a', 'batch'))[0] === 3, 'the third picture');
    expect(await card(page, 'a', 'batch').locator('.image-batch').innerText()).toBe('3/3');
    await assertClean();
  });

  it('tells the value of the pixel under the pointer, with all of 16 bits', async () => {
    const { page, assertClean } = await show('?zoom=8');
    const canvas = card(page, 'a', 'deep').locator('canvas');
    await canvas.scrollIntoViewIfNeeded();
    await canvas.hover({ position: { x: 2 * 8 + 4, y: 3 * 8 + 4 } });
    const tip = page.locator('.tooltip');
    await until(async () => (await tip.count()) > 0, 'the value');
    expect(await tip.innerText()).toMatch(/^1,017 of 65,535\s*x 2, y 3$/);
    const colour = card(page, 'a', 'sample').locator('canvas');
    expect(await colour.evaluate((element) => getComputedStyle(element).imageRendering)).toBe('pixelated');
    expect((await colour.boundingBox())!.width).toBe(64);
    await colour.focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => /x 1, y 0/.test(await tip.innerText()), 'the pixel chosen by a key');
    await assertClean();
  });

  it('plays a GIF, and pauses it', async () => {
    const { page, assertClean } = await show();
    const moving = card(page, 'a', 'moving');
    await moving.scrollIntoViewIfNeeded();
    const colours = new Set<string>();
    await until(async () => {
      colours.add((await pixelOf(page, 'a', 'moving')).join());
      return colours.has('255,0,0') && colours.has('0,0,255');
    }, 'both frames');
    await moving.getByRole('button', { name: 'Pause' }).click();
    await moving.getByRole('button', { name: 'Play' }).waitFor();
    await assertClean();
  });

  it('plays a GIF in browsers that offer no ImageDecoder', async () => {
    const { page, assertClean } = await browser.open(`${hub.url}#lab`);
    await page.evaluate(() => {
      Reflect.deleteProperty(globalThis, 'ImageDecoder');
      location.hash = '#images?tags=moving';
    });
    const colours = new Set<string>();
    await card(page, 'a', 'moving').getByRole('button', { name: 'Pause' }).waitFor();
    expect(await page.evaluate(() => typeof ImageDecoder)).toBe('undefined');
    await until(async () => {
      colours.add((await pixelOf(page, 'a', 'moving')).join());
      return colours.has('255,0,0') && colours.has('0,0,255');
    }, 'both frames');
    await assertClean();
  });

  it('says why a picture cannot be shown, and decodes none that claims too much', async () => {
    const { page, assertClean } = await show();
    const messageOf = async (tag: string) => {
      await card(page, 'a', tag).scrollIntoViewIfNeeded();
      return card(page, 'a', tag).locator('.image-message').innerText();
    };
    expect(await messageOf('broken')).toMatch(/^The browser cannot decode this PNG: its data are damaged/);
    expect(await messageOf('bomb')).toMatch(/^The PNG claims 60,000×60,000 pixels, more than the 33,554,432/);
    expect(await messageOf('text')).toMatch(/not a PNG, JPEG, GIF or WebP/);
    await assertClean();
  });

  it('says why a picture could not be fetched, and asks for it again', async () => {
    let isBroken = true;
    const { page, assertClean } = await browser.open(`${hub.url}${RESTING_PLACE}`);
    await page.route('**/api/event?*', (route) =>
      isBroken
        ? route.fulfill({ status: 503, json: { error: 'The disk does not answer.' } })
        : route.continue(),
    );
    await page.goto(`${hub.url}#images?tags=deep`);
    await card(page, 'a', 'deep').getByText('The disk does not answer.').waitFor();
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await card(page, 'a', 'deep').locator('canvas').waitFor();
    await assertClean([/503/]);
  });

  it('shows batches that TensorFlow 2 logged', async () => {
    const { page, assertClean } = await show();
    await card(page, 'tf2', 'pics').scrollIntoViewIfNeeded();
    await until(async () => (await card(page, 'tf2', 'pics').locator('canvas').count()) === 1, 'the picture');
    expect(await stepOf(page, 'tf2', 'pics')).toBe('1');
    expect(await card(page, 'tf2', 'pics').locator('.image-batch').innerText()).toBe('1/3');
    await assertClean();
  });

  it('filters tags, and says which call logs pictures where there are none', async () => {
    const { page, assertClean } = await show('?tags=^sam');
    expect(await page.locator('.image-card').count()).toBe(2);
    await page.getByRole('searchbox', { name: 'Filter tags' }).fill('nothing like it');
    await page.getByText('None of').waitFor();
    await assertClean();
  });

  it('has nothing for axe to find, in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, assertClean } = await show('', { theme });
      expect(await axeViolations(page)).toEqual([]);
      await assertClean();
    }
  });
});
