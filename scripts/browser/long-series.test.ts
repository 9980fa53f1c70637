import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { range, scalar, scalars, writeLog } from './support/logs.js';
import { slider } from './support/run-page.js';
import { type ShowOptions, useBrowser, useHub } from './support/test-browser.js';
import { untilRead } from './support/until-read.js';

const POINTS = 100_000;
const SPIKE = 54_321;
const ODD = new Map([
  [20_000, Number.NaN],
  [20_001, Number.NaN],
  [70_000, Number.POSITIVE_INFINITY],
]);
const loss = (step: number) =>
  Math.fround(2 * Math.exp(-step / 30_000) + 0.05 * Math.sin(step * 1.7) + (step === SPIKE ? 9 : 0));

/** TensorBoard's smoothing, as its documentation states it: Σ w^(n−1−i)·v_i / Σ w^(n−1−i). */
function smoothedAt(step: number, weight: number): number {
  let [sum, weights] = [0, 0];
  for (let at = 0; at <= step; at++) {
    sum = sum * weight + loss(at);
    weights = weights * weight + 1;
  }
  return sum / weights;
}

const number = async (page: Page, name: 'raw' | 'smooth') =>
  Number(
    await page.locator('.readings .reading').first().locator(`[data-${name}]`).getAttribute(`data-${name}`),
  );
const stepNow = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));

/** What the page has fetched of scalars so far. */
const fetchedBytes = (page: Page) =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => /\/api\/(v1\/(series|values)|scalars)/.test(name))
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).decodedBodySize, 0),
  );

describe('series of a hundred thousand points', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (const run of ['one', 'two', 'three']) writeLog(logdir, run, scalars('loss', range(0, POINTS), loss));
    writeLog(
      logdir,
      'odd',
      scalars('odd_loss', range(0, POINTS), (step) => ODD.get(step) ?? loss(step)),
    );
  });

  const untilCurve = (page: Page) =>
    until(async () => Number(await slider(page).getAttribute('data-own-points')) >= POINTS, 'the curve');
  const show = async (hash: string, options?: ShowOptions) => {
    const shown = await browser.show(`${hub.url}${hash}`, options);
    await untilCurve(shown.page);
    return shown;
  };

  it('are fetched at the width of the page, and read exactly at the playhead', async () => {
    // What is still being read is fetched again when it has grown.
    await untilRead(hub.url, 4);
    // What it fetches is counted from its beginning.
    const { page, assertClean } = await browser.open(`${hub.url}#run?run=one&step=${SPIKE}&smooth=0.9`);
    await untilCurve(page);
    await until(async () => (await number(page, 'raw')) === loss(SPIKE), 'the value at the spike');
    expect(await number(page, 'smooth')).toBeCloseTo(smoothedAt(SPIKE, 0.9), 6);
    await until(async () => (await slider(page).getAttribute('data-others')) === '2', 'the other runs');
    // Whole, three of them are 2.4 MB.
    expect(await fetchedBytes(page)).toBeLessThan(200_000);
    await page.goto(`${hub.url}#run?run=one&step=12345&smooth=0.9`);
    await until(async () => (await number(page, 'raw')) === loss(12_345), 'the value of another step');
    expect(await number(page, 'smooth')).toBeCloseTo(smoothedAt(12_345, 0.9), 6);
    await assertClean();
  });

  it('show every point when they are zoomed into, and can be walked point by point', async () => {
    const { page, assertClean } = await show('#run?run=one&step=54320&steps=54300-54340&smooth=0');
    await until(
      async () => ((await slider(page).getAttribute('data-value-labels')) ?? '').split(' ').length > 1,
      'the axis',
    );
    await slider(page).focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await stepNow(page)) === SPIKE, 'the next point');
    await until(async () => (await number(page, 'raw')) === loss(SPIKE), 'its value');
    await page.keyboard.press('ArrowRight');
    await until(async () => (await stepNow(page)) === SPIKE + 1, 'the one after the next');
    const box = (await slider(page).boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await expect
      .poll(() => page.locator('.tooltip').innerText())
      .toMatch(/^raw 0\.\d+\s*loss at step 54,3\d\d$/);
    await assertClean();
  });

  it('count what is not finite, and mark it', async () => {
    const { page, assertClean } = await show('#run?run=odd&curve=odd_loss');
    await expect
      .poll(() => page.locator('.strip .overlay').getAttribute('data-non-finite'))
      .toBe('2 NaN, 1 +∞');
    await page.goto(`${hub.url}#run?run=odd&curve=odd_loss&step=70000`);
    await until(async () => (await number(page, 'raw')) === Number.POSITIVE_INFINITY, 'the value');
    await assertClean();
  });

  it('grow live, without being fetched again', async () => {
    const { page, assertClean } = await show('#run?run=two');
    await until(async () => (await number(page, 'raw')) === loss(POINTS - 1), 'the newest value');
    await until(async () => (await slider(page).getAttribute('data-others')) === '2', 'the other runs');
    const before = await fetchedBytes(page);
    const folder = join(hub.folder.logdir, 'two');
    const file = join(folder, readdirSync(folder)[0]!);
    const frames = range(POINTS, POINTS + 500).map((step) =>
      encodeFrame(encodeEvent(scalar('loss', step, loss(step)))),
    );
    for (let at = 0; at < 500; at += 50) appendFileSync(file, Buffer.concat(frames.slice(at, at + 50)));
    await until(async () => (await number(page, 'raw')) === loss(POINTS + 499), 'the newest value');
    expect(await number(page, 'smooth')).toBeCloseTo(smoothedAt(POINTS + 499, 0.95), 6);
    expect(Number(await slider(page).getAttribute('data-own-points'))).toBe(POINTS + 500);
    // A whole column is 2 MB, and one that is drawn 30 kB.
    expect((await fetchedBytes(page)) - before).toBeLessThan(20_000);
    await assertClean();
  });

  it('are drawn on a phone too', async () => {
    const { page, assertClean } = await show('#run?run=one', { width: 400, height: 860 });
    await until(async () => (await number(page, 'raw')) === loss(POINTS - 1), 'the newest value');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await assertClean();
  });
});
