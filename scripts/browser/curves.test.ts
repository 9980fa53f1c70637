/**
 * The curves of the run page. One file, because most tests look at a log of their own, unusual in one way, and one hub serves
 * all of these logs.
 */
import { RUN_END_TAG } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { maps, range, scalar, scalars, writeLog } from './support/logs.js';
import { slider } from './support/run-page.js';
import { type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

const MS = 1_700_000_000_000;
const loss = (step: number) => 2 * Math.exp(-step / 60) + 0.1 * Math.sin(step * 1.7);

/** Other programs' logs, and one of convscope's trainer that has ended. */
function writeLogs(logdir: string): void {
  const log = (run: string, ...parts: readonly (readonly ReturnType<typeof scalar>[])[]) =>
    writeLog(logdir, run, parts.flat());
  log(
    'cadence',
    range(0, 206).flatMap((step) => [
      scalar('loss', step, loss(step)),
      ...(step % 10 === 0 ? [maps('conv1/output', step, [8, 16, 16])] : []),
      ...(step % 100 === 0 ? [maps('conv2/output', step, [16, 8, 8])] : []),
    ]),
  );
  log(
    'rates',
    scalars('loss', range(0, 100), loss),
    scalars('lr', range(0, 100), (step) => 1e-4 * (1 - step / 100)),
    scalars('val_acc', range(0, 10), (step) => 50 + 5 * step),
    scalars('robot/acceleration', range(0, 50), (step) => 9.81 + Math.sin(step / 5)),
  );
  log(
    'only-mae',
    scalars('MAE', range(0, 40), (step) => 5 / (step + 1)),
  );
  log(
    'epochs',
    scalars('Loss/Train', range(0, 10_000, 40), (step) => 2 * Math.exp(-step / 2000)),
    scalars('Loss/Valid', range(0, 10), (epoch) => 2.1 * Math.exp(-epoch / 3)),
  );
  log(
    'negative',
    scalars('objective_loss', range(-15, 5), (step) => 1 / (step + 16)),
  );
  log(
    'tens',
    scalars('tens_loss', [-20, -10, 0], (step) => 1 - step / 10),
  );
  log(
    'far',
    scalars('objective_loss', range(1_000_000, 1_000_020), (step) => 1 / (step - 999_999)),
  );
  log(
    'milliseconds',
    scalars('objective_loss', range(MS, MS + 20_000, 1000), (step) => 1 / (step - MS + 1)),
  );
  log('short', scalars('long_loss', range(0, 200), loss));
  log(
    'long',
    scalars('long_loss', range(0, 100_000, 100), (step) => 2.3 * Math.exp((-3 * step) / 1e5)),
  );
  writeLog(
    logdir,
    'gap',
    range(0, 200).map((step) => scalar('gap_loss', step, 1 + step / 200)),
    ({ step }) => Number(step) >= 90 && Number(step) <= 120,
  );
  log(
    'resumed',
    scalars('part_loss', range(0, 150, 5), loss),
    scalars('part_loss', range(100, 260, 5), () => 3),
  );
  log('mesh', [maps('mesh_VERTEX', 0, [1, 6, 3], 'mesh')], scalars('mesh_loss', range(0, 31), loss));
  log(
    'ended',
    [runStartRecord({ name: 'ended', plan: { epochs: 1, stepsPerEpoch: 4, totalSteps: 4 } })],
    [100, 200, 300, 5].map((value, step) => scalar('perf/images_per_second', step, value)),
    scalars('train/loss', range(0, 4), loss),
    scalars('train/accuracy', range(0, 4), (step) => step / 10),
    [scalar('test/accuracy', 0, 0.125), scalar('perf/capture_ms', 3, 9)],
    [
      {
        kind: 'run-end',
        tag: RUN_END_TAG,
        step: 4,
        wallTime: 1,
        end: { version: 1, reason: 'completed', seconds: 1 },
      },
    ],
  );
}

/** TensorBoard's smoothing, as its documentation states it: Σ w^(n−1−i)·v_i / Σ w^(n−1−i). */
function smoothed(values: readonly number[], weight: number): number {
  const weights = values.map((_, at) => weight ** (values.length - 1 - at));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return sum(values.map((value, at) => Math.fround(value) * weights[at]!)) / sum(weights);
}

const stepNow = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));
const readings = (page: Page) => page.locator('.readings');
const chooser = (page: Page) => page.getByRole('combobox', { name: 'Curve in the strip' });
const windowNow = async (page: Page) =>
  (await slider(page).getAttribute('data-window'))?.split(',').map(Number);
const number = async (page: Page, name: 'raw' | 'smooth') => {
  const found = readings(page).locator('.reading').first().locator(`[data-${name}]`);
  return (await found.count()) === 0 ? undefined : Number(await found.getAttribute(`data-${name}`));
};
const query = async (page: Page) =>
  new URLSearchParams((await page.evaluate(() => location.hash)).replace(/^#run\??/, ''));

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

describe('the curves of the run page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => writeLogs(logdir));

  const untilCurve = (page: Page) =>
    until(async () => (await number(page, 'raw')) !== undefined, 'the curve');
  const show = async (hash: string, options?: ShowOptions) => {
    const shown = await browser.show(`${hub.url}${hash}`, options);
    await shown.page.locator('[data-own-points]').waitFor();
    return shown;
  };
  const showCurve = async (hash: string, options?: ShowOptions) => {
    const shown = await show(hash, options);
    await untilCurve(shown.page);
    return shown;
  };

  it('follow the newest step of the run, and maps that are older say their step', async () => {
    const { page, assertClean } = await showCurve('#run?run=cadence&layer=conv2');
    await until(async () => (await stepNow(page)) === 205, 'the playhead at the newest step');
    const ofStep = (place: string) => page.locator(place).locator('[data-of-step]').first();
    await expect.poll(() => ofStep('.pane.output .pane-head').innerText()).toBe('of step 200');
    await expect.poll(() => ofStep('[data-layer=conv1]').innerText()).toBe('of step 200');

    await page.goto(`${hub.url}#run?run=cadence&layer=conv2&step=90`);
    await expect.poll(() => ofStep('.pane.output .pane-head').innerText()).toBe('of step 0');
    await expect.poll(() => ofStep('[data-layer=conv2]').innerText()).toBe('of step 0');
    await expect.poll(() => ofStep('.inspector').innerText()).toBe('map of step 0');
    await expect.poll(() => page.locator('[data-layer=conv1] [data-of-step]').count()).toBe(0);
    expect(await stepNow(page)).toBe(90);
    await assertClean();
  });

  it('are read raw and smoothed side by side, in the bar, the tooltip and the list of runs', async () => {
    const { page, assertClean } = await showCurve('#run?run=rates&step=40');
    const values = range(0, 41).map(loss);
    await until(async () => (await stepNow(page)) === 40, 'step 40');
    expect(await number(page, 'raw')).toBeCloseTo(loss(40), 5);
    expect(await number(page, 'smooth')).toBeCloseTo(smoothed(values, 0.95), 5);
    expect(await readings(page).innerText()).toMatch(/smooth[\s\S]*raw/);

    const row = page.locator('[data-run=rates]');
    const last = range(0, 100).map(loss);
    await expect
      .poll(async () => (await row.innerText()).replaceAll(/\s+/g, ' '))
      .toContain(`smooth ${smoothed(last, 0.95).toFixed(3)}`);
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toContain(`raw ${loss(99).toFixed(3)}`);

    const box = (await slider(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    const tip = page.locator('.tooltip');
    await expect.poll(() => tip.innerText()).toMatch(/smooth [\d.]+, raw [\d.]+\s*loss at step \d+/);
    await assertClean();
  });

  it('are not smoothed if they are learning rates or have few points, unless that is asked for', async () => {
    const { page, assertClean } = await showCurve('#run?run=rates&curve=lr&step=50');
    expect(await number(page, 'smooth')).toBeUndefined();
    expect(await number(page, 'raw')).toBeCloseTo(5e-5, 9);
    expect(await slider(page).getAttribute('data-value-labels')).toBe('0 5e−5 1e−4');

    await choose(page, 'Smoothing of the curve', '0.9');
    await until(async () => (await number(page, 'smooth')) !== undefined, 'the smoothed learning rate');
    await until(async () => (await query(page)).get('smooth') === '0.9', 'the address');

    await choose(page, 'Curve in the strip', 'val_acc');
    await until(async () => (await slider(page).getAttribute('data-own-points')) === '10', 'val_acc');
    await page.goto(`${hub.url}#run?run=rates&curve=val_acc`);
    await until(async () => (await number(page, 'raw')) === 95, 'the last value');
    expect(await number(page, 'smooth')).toBeUndefined();
    await assertClean();
  });

  it('bear their own names and units: only our own accuracies are percentages', async () => {
    const { page } = await showCurve('#run?run=rates&step=9&curve=val_acc');
    await until(async () => (await number(page, 'raw')) === 95, 'val_acc');
    const text = await readings(page).innerText();
    expect(text).toContain('val_acc');
    expect(text).not.toMatch(/%|test acc|\bacc\b/);
    const ours = await showCurve('#run?run=ended');
    await expect.poll(() => readings(ours.page).innerText()).toMatch(/test acc\s*12\.5 %\s*of step 0/);
  });

  it('of a run that lacks the chosen scalar are none, and the choice stays', async () => {
    // Without a choice this run has no loss to draw: its first scalar takes its place, and the page says so.
    const { page, context, assertClean } = await browser.open(`${hub.url}#run?run=only-mae`);
    await expect.poll(() => chooser(page).innerText()).toContain('MAE');
    await page.getByText('its first scalar: it logs no loss').waitFor();
    await expect.poll(() => slider(page).getAttribute('data-own-points')).toBe('40');

    await goTo(page, '#run?run=rates&curve=lr');
    await untilCurve(page);
    await page.locator('[data-run=only-mae] .cover').click();
    await expect.poll(() => readings(page).innerText()).toMatch(/lr\s*not in this run/);
    // The axis is known when the run's other series have come.
    await expect.poll(() => windowNow(page)).toEqual([0, 39]);
    expect(await slider(page).getAttribute('data-own-points')).toBe('0');
    expect((await query(page)).get('curve')).toBe('lr');

    await choose(page, 'Curve in the strip', 'MAE');
    await until(async () => (await slider(page).getAttribute('data-own-points')) === '40', 'MAE');
    await until(async () => (await query(page)).get('curve') === 'MAE', 'the address');

    // The choice is kept by its tag: it holds for a page that is opened later, in runs that have the tag.
    const later = await context.newPage();
    await later.goto(`${hub.url}#run?run=only-mae`);
    await expect.poll(() => chooser(later).innerText()).toContain('MAE');
    await later.goto(`${hub.url}#run?run=rates`);
    await later.reload();
    await expect.poll(() => chooser(later).innerText()).toContain('loss');
    await assertClean();
  });

  it('of a series that counts epochs fill the axis beside one that counts batches', async () => {
    const { page, assertClean } = await showCurve('#run?run=epochs');
    expect(await windowNow(page)).toEqual([0, 9960]);
    await expect.poll(() => page.locator('[data-run=epochs]').innerText()).toMatch(/raw\s*0\.0/);
    await choose(page, 'Curve in the strip', 'Loss/Valid');
    await until(async () => (await windowNow(page))?.[1] === 9, 'the axis of ten epochs');
    expect(await windowNow(page)).toEqual([0, 9]);
    await expect.poll(() => readings(page).innerText()).toContain('of step 9');
    await assertClean();
  });

  it('are drawn at the steps that they have, below zero and far from it', async () => {
    const { page, assertClean } = await showCurve('#run?run=negative');
    expect(await windowNow(page)).toEqual([-15, 4]);
    const box = (await slider(page).boundingBox())!;
    await page.mouse.click(box.x + 42, box.y + 30);
    await until(async () => (await stepNow(page)) === -15, 'the first step');
    await until(async () => (await query(page)).get('step') === '-15', 'the address');
    expect(await number(page, 'raw')).toBe(1);

    // Of a step between two points nothing was logged, but it can be looked at.
    await page.goto(`${hub.url}#run?run=tens&step=-15`);
    await until(async () => (await number(page, 'raw')) === 3, 'the value of step −20');
    expect(await stepNow(page)).toBe(-15);
    expect(await readings(page).innerText()).toContain('of step −20');

    await page.goto(`${hub.url}#run?run=far`);
    await until(async () => (await windowNow(page))?.[0] === 1_000_000, 'the axis');
    expect(await windowNow(page)).toEqual([1_000_000, 1_000_019]);

    await page.goto(`${hub.url}#run?run=milliseconds`);
    await until(async () => (await windowNow(page))?.[0] === MS, 'the axis');
    const labels = page.locator('[data-step-labels]');
    await until(
      async () => ((await labels.getAttribute('data-step-labels')) ?? '').includes('1,700,000,0'),
      'labels',
    );
    const texts = (await labels.getAttribute('data-step-labels'))!.split(' ');
    expect(texts.length).toBeGreaterThan(2);
    // Thirteen digits with commas are more than 90 pixels wide.
    expect(texts.length * 90).toBeLessThan(box.width);
    await assertClean();
  });

  it('of a short run are not squashed by a long one, unless the axis is that of all runs', async () => {
    const { page, assertClean } = await showCurve('#run?run=short');
    expect(await windowNow(page)).toEqual([0, 199]);
    await until(async () => (await slider(page).getAttribute('data-others')) === '1', 'the other run');
    expect(await windowNow(page)).toEqual([0, 199]);
    await choose(page, 'Axis of steps', 'all');
    await until(async () => (await windowNow(page))?.[1] === 99_900, 'the axis of all');
    await until(async () => (await query(page)).get('axis') === 'all', 'the address');
    await page.reload();
    await until(async () => (await windowNow(page))?.[1] === 99_900, 'the axis of all again');
    await assertClean();
  });

  it('break where the log has lost records, and are read as no data there', async () => {
    const { page, assertClean } = await show('#run?run=gap&step=105&smooth=0');
    await expect.poll(() => readings(page).innerText()).toContain('no data');
    await page.goto(`${hub.url}#run?run=gap&step=130&smooth=0`);
    await until(async () => (await number(page, 'raw')) !== undefined, 'a value after the gap');

    /** How many pixels of the curve there are at a share of the axis. */
    const inkAt = (share: number) =>
      page.locator('canvas[data-chart=curves]').evaluate((element, at) => {
        const canvas = element as HTMLCanvasElement;
        const left = 40 * devicePixelRatio;
        const right = canvas.width - 44 * devicePixelRatio;
        const x = Math.round(left + at * (right - left));
        const { data } = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height);
        return data.filter((alpha, index) => index % 4 === 3 && alpha > 40).length;
      }, share);
    expect(await inkAt(50 / 199)).toBeGreaterThan(0);
    expect(await inkAt(150 / 199)).toBeGreaterThan(0);
    expect(await inkAt(105 / 199)).toBe(0);
    await assertClean();
  });

  it('have one value a step after a run was resumed from an earlier one', async () => {
    const { page, assertClean } = await showCurve('#run?run=resumed&step=120');
    await until(async () => (await slider(page).getAttribute('data-own-points')) === '52', '52 points');
    expect(await number(page, 'raw')).toBe(3);
    await assertClean();
  });

  it('are zoomed out by a double click, which does not move the playhead', async () => {
    const { page, assertClean } = await showCurve('#run?run=cadence&layer=conv1&step=40&steps=20-120');
    expect(await windowNow(page)).toEqual([20, 120]);
    const box = (await slider(page).boundingBox())!;
    await page.mouse.dblclick(box.x + box.width * 0.8, box.y + 40);
    await until(async () => (await windowNow(page))?.[1] === 205, 'the whole axis');
    await until(async () => (await query(page)).get('steps') === null, 'the address');
    await until(async () => (await query(page)).get('step') === '40', 'the step as it was');
    // While following, too.
    await page.keyboard.press('l');
    await until(async () => (await query(page)).get('step') === null, 'the newest step');
    await page.mouse.dblclick(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.move(5, 5);
    await until(async () => (await stepNow(page)) === 205, 'the newest step again');
    expect((await query(page)).get('step')).toBeNull();
    await assertClean();
  });

  it('move the number under the pointer with the crosshair, with and without captures', async () => {
    for (const run of ['cadence', 'far']) {
      const { page, assertClean } = await showCurve(`#run?run=${run}`);
      const bar = page.locator('.timeline-bar');
      const box = (await slider(page).boundingBox())!;
      const before = await number(page, 'raw');
      await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
      const tip = page.locator('.tooltip');
      await tip.waitFor();
      const step = /step ([\d,]+)/.exec(await tip.innerText())![1]!;
      await expect.poll(() => bar.innerText()).toContain(`step ${step}`);
      expect(await number(page, 'raw')).not.toBe(before);
      await page.mouse.move(5, 5);
      await until(async () => (await number(page, 'raw')) === before, 'the value at the playhead');
      await assertClean();
    }
  });

  it('are read on a phone too', async () => {
    const { page, assertClean } = await showCurve('#run?run=cadence', { width: 400, height: 860 });
    expect(await readings(page).isVisible()).toBe(true);
    const box = (await readings(page).boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(400);
    // With the numbers, all of them: what does not fit is hidden.
    for (const one of ['[data-smooth]', '[data-raw]']) {
      const number = readings(page).locator(one);
      expect(await number.isVisible()).toBe(true);
      expect((await number.boundingBox())!.y + 8).toBeLessThan(box.y + box.height);
      expect(await number.innerText()).toMatch(/^0\.\d{2,}$/);
    }
    expect(await readings(page).innerText()).toMatch(/loss[\s\S]*smooth[\s\S]*raw/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('are all that a run shows whose only tensor belongs to another plugin', async () => {
    const { page, assertClean } = await showCurve('#run?run=mesh');
    await until(async () => (await stepNow(page)) === 30, 'the newest step');
    expect(await page.locator('canvas[data-grid=output]').count()).toBe(0);
    expect(await number(page, 'raw')).toBeCloseTo(loss(30), 5);
    await assertClean();
  });

  it('of a run that has ended come with its median rate', async () => {
    const { page, assertClean } = await showCurve('#run?run=ended');
    await expect.poll(() => page.locator('[data-run-state]').innerText()).toMatch(/150\s*img\/s median/);
    await assertClean();
  });
});
