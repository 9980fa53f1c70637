/** Zooming into cards by dragging and by the wheel, the tooltip of many runs, pins of a link, and the table beside the cards. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { stillBox } from './harness/still-box.js';
import { range, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const RUNS = 30;
const LONG = 50_000;

describe('cards of scalars', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (let run = 0; run < RUNS; run++)
      writeLog(logdir, `seed${String(run).padStart(2, '0')}`, [
        ...scalars('train/loss', range(0, 100), (step) => 1 / (1 + step / 10) + run / 100),
        ...scalars('val/acc', range(0, 100, 10), (step) => step / 100),
      ]);
    writeLog(
      logdir,
      'long',
      scalars('long/loss', range(0, LONG), (step) => Math.exp(-step / 20) + 0.1 * Math.sin(step)),
    );
  });
  const show = (query: string, size = { width: 1440, height: 900 }) =>
    browser.show(`${hub.url}#scalars?${query}`, size);
  const plotOf = (page: Page, tag: string) => page.locator(`[data-card="${tag}"] .card-plot`);
  const limits = async (plot: Locator, axis: 'x' | 'y') =>
    ((await plot.getAttribute(`data-${axis}`)) ?? '').split(',').map(Number) as [number, number];
  const drag = async (page: Page, plot: Locator, from: readonly number[], to: readonly number[]) => {
    const box = await stillBox(plot);
    const at = ([x, y]: readonly number[]) => [box.x + box.width * x!, box.y + box.height * y!] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  };

  it('zoom into a range of values when dragged over up or down, and into both when dragged across', async () => {
    const { page, assertClean } = await show('tags=train/loss&outliers=0');
    const plot = plotOf(page, 'train/loss');
    await until(async () => (await plot.getAttribute('data-curves')) !== '0', 'the curves');
    const [x, y] = [await limits(plot, 'x'), await limits(plot, 'y')];
    await drag(page, plot, [0.5, 0.3], [0.505, 0.6]);
    await expect.poll(async () => (await limits(plot, 'y'))[1] < y[1]).toBe(true);
    expect((await limits(plot, 'y'))[0]).toBeGreaterThan(y[0]);
    expect(await limits(plot, 'x')).toEqual(x);
    await plot.dblclick();
    await expect.poll(() => limits(plot, 'y')).toEqual(y);

    await drag(page, plot, [0.4, 0.3], [0.7, 0.6]);
    await expect.poll(async () => (await limits(plot, 'y'))[1] < y[1]).toBe(true);
    const zoomed = await limits(plot, 'x');
    expect(zoomed[0]).toBeGreaterThan(x[0]);
    expect(zoomed[1]).toBeLessThan(x[1]);
    await assertClean();
  });

  it('show all after a double click, which selects no step, also where the values of a step would come below it', async () => {
    const { page, assertClean } = await show('tags=val', { width: 1440, height: 420 });
    const plot = plotOf(page, 'val/acc');
    await until(async () => (await plot.getAttribute('data-curves')) !== '0', 'the curves');
    const whole = await limits(plot, 'x');
    await drag(page, plot, [0.3, 0.5], [0.6, 0.5]);
    await expect.poll(async () => (await limits(plot, 'x'))[0] > whole[0]).toBe(true);
    const { x, y, width, height } = (await plot.boundingBox())!;
    const at = [x + width * 0.5, y + height * 0.8] as const;
    await page.mouse.dblclick(...at);
    await expect.poll(() => limits(plot, 'x')).toEqual(whole);
    expect(await page.locator('.values').count()).toBe(0);
    await drag(page, plot, [0.3, 0.5], [0.6, 0.5]);
    await page.mouse.click(...at);
    await page.locator('.values').waitFor();
    await assertClean();
  });

  it('stay in sight when the values of their step are listed below them', async () => {
    const { page, assertClean } = await show('tags=train|val', { width: 900, height: 700 });
    const plot = plotOf(page, 'val/acc');
    await until(async () => (await plot.getAttribute('data-curves')) !== '0', 'the curves');
    const { x, y, width } = (await plot.boundingBox())!;
    await page.mouse.click(x + width / 2, y + 20);
    const values = page.locator('.values');
    await values.waitFor();
    const bottom = async () => {
      const box = (await plot.boundingBox())!;
      return box.y + box.height;
    };
    await expect.poll(async () => (await bottom()) <= (await values.boundingBox())!.y + 1).toBe(true);
    await assertClean();
  });

  it('zoom around the pointer when the wheel is turned with Alt', async () => {
    const { page, assertClean } = await show('tags=train/loss');
    const plot = plotOf(page, 'train/loss');
    await until(async () => (await plot.getAttribute('data-curves')) !== '0', 'the curves');
    const before = await limits(plot, 'x');
    const box = await stillBox(plot);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.down('Alt');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Alt');
    await expect.poll(async () => (await limits(plot, 'x'))[0] > before[0]).toBe(true);
    expect((await limits(plot, 'x'))[1]).toBeLessThan(before[1]);
    await assertClean();
  });

  it('list so many runs at the pointer, and count the others', async () => {
    const { page, assertClean } = await show('tags=train/loss');
    await page.getByRole('button', { name: 'all', exact: true }).first().click();
    const plot = plotOf(page, 'train/loss');
    await until(async () => (await plot.getAttribute('data-curves')) === String(RUNS), 'all runs');
    await plot.hover();
    const tip = page.locator('.curve-tip');
    await until(async () => (await tip.innerText()).includes('and 14 more'), 'the others');
    expect(await tip.locator('tbody tr').count()).toBe(16);
    await assertClean();
  });

  it('are pinned as a link says, until the reader pins others', async () => {
    const { page, assertClean } = await browser.open(`${hub.url}#scalars?pin=val/acc&pin=train/loss`);
    const pinned = () =>
      page
        .locator('section[aria-label="Pinned"] [data-card]')
        .evaluateAll((cards) => cards.map((one) => one.getAttribute('data-card')));
    await expect.poll(pinned).toEqual(['val/acc', 'train/loss']);
    expect(await page.locator('section[aria-label="Pinned"]').innerText()).toContain('from the link');
    await page.locator('[data-card="val/acc"]').getByRole('button', { name: /pin/i }).first().click();
    await expect.poll(pinned).toEqual(['train/loss']);
    await until(() => page.url().endsWith('&pin=train%2Floss'), 'the pins in the address');
    await page.goto(`${hub.url}#scalars`);
    await page.reload();
    await expect.poll(pinned).toEqual(['train/loss']);
    await assertClean();
  });

  it('stand beside the table of runs where there is room for it, and beside their list where not', async () => {
    const wide = await show('tags=train/loss');
    await until(async () => (await wide.page.locator('.run-table').count()) === 1, 'the table');
    expect((await plotOf(wide.page, 'train/loss').boundingBox())!.width).toBeGreaterThan(300);
    await wide.assertClean();
    const small = await show('tags=train/loss', { width: 1024, height: 700 });
    await until(async () => (await small.page.locator('.run-row').count()) > 0, 'the list');
    expect(await small.page.locator('.run-table').count()).toBe(0);
    await small.assertClean();
  });

  it('draw the beginning of a long series point by point on a logarithmic axis', async () => {
    const { page, assertClean } = await show('tags=long/loss&logx=1&smoothing=0');
    await page.getByRole('button', { name: 'all', exact: true }).first().click();
    const plot = plotOf(page, 'long/loss');
    await until(async () => (await plot.getAttribute('data-points')) === String(LONG), 'the curve');
    const box = await stillBox(plot);
    const tip = page.locator('.curve-tip');
    // Half of a logarithmic axis from 1 to 50,000 is at 224, and a fifth at 9.
    await page.mouse.move(box.x + 44 + (box.width - 56) * 0.2, box.y + box.height / 2);
    await until(async () => /step [7-9]\b|step 1[0-2]\b/.test(await tip.innerText()), 'a step near 9');
    await assertClean();
  });
});
