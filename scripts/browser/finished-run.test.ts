/** The run page on a run that has ended: zoom, columns, and theme. */
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { writeLog } from './support/logs.js';
import { goByKeys, output, settled, shownStep, slider } from './support/run-page.js';
import { copyTrainedRun, TRAINED_STEPS, useBrowser, useHub } from './support/test-browser.js';

/** A run that began with a budget of 5 %, and was asked for another at step 10. */
function askedRun(): RunRecord[] {
  const wallTime = 1_700_000_000;
  const scalar = (tag: string, step: number, value: number): RunRecord => ({
    kind: 'scalar',
    tag,
    step,
    wallTime: wallTime + step,
    value,
  });
  const { captureMilliseconds, captureShare, captureBudget } = SCALAR_TAGS;
  return [
    runStartRecord({ config: { captureBudget: 0.05 } }, wallTime),
    ...[1, 5, 10, 20].flatMap((step) => [
      scalar(captureMilliseconds, step, 9),
      scalar(captureBudget, step, step < 10 ? 0.05 : 0.01),
      scalar(captureShare, step, step < 10 ? 0.03 : 0.007),
    ]),
    {
      kind: 'run-end',
      tag: RUN_END_TAG,
      step: 20,
      wallTime: wallTime + 20,
      end: { version: 1, reason: 'completed', seconds: 20 },
    },
  ];
}

describe('the page of a run that has ended', () => {
  const browser = useBrowser();
  const hub = useHub(async (folder) => {
    writeLog(folder.logdir, 'asked', askedRun());
    await copyTrainedRun(folder, 'net');
  });

  it('zooms into the steps under the pointer, and pages are changed by keys', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?layer=conv1&step=20`);
    await until(async () => (await shownStep(page)) === 20, 'the maps');
    const steps = async () =>
      new URLSearchParams((await page.evaluate(() => location.hash)).slice(5)).get('steps');
    const box = (await slider(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -300);
    await until(async () => (await steps()) !== null, 'the address to name the steps');
    const [from, to] = (await steps())!.split('-').map(Number);
    expect(from).toBeGreaterThan(0);
    expect(to).toBeLessThan(TRAINED_STEPS);
    // The step under the pointer, about the middle, is still in the middle.
    expect((from! + to!) / 2).toBeGreaterThan(0.4 * TRAINED_STEPS);
    expect((from! + to!) / 2).toBeLessThan(0.6 * TRAINED_STEPS);
    const pill = page.getByRole('button', { name: `${from}–${to}` });
    expect(await pill.count()).toBe(1);

    // The strip previews the step that the pointer rests on.
    await page.mouse.move(5, 5);
    // To the lab and back: the view is as it was left.
    await goByKeys(page, 'l');
    await page.locator('.lab').waitFor();
    await goByKeys(page, 'r');
    await until(
      async () => (await output(page).count()) > 0 && (await shownStep(page)) === 20,
      'the run page',
    );
    expect(await steps()).toBe(`${from}-${to}`);

    await pill.click();
    await until(async () => (await steps()) === null, 'all steps');
    expect(await pill.count()).toBe(0);
    await assertClean();
  });

  it('keeps the widths that columns are given, by hand and by keys, and gives the first ones back', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?layer=conv1`);
    await until(async () => (await output(page).count()) > 0 && (await settled(page)), 'the maps');
    const width = async (part: string) => Math.round((await page.locator(part).boundingBox())!.width);
    const handle = page.getByRole('separator', { name: 'Width of the runs' });
    const first = await width('.rail');
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 30, box.y + 300);
    await page.mouse.move(box.x + 60, box.y + 300);
    await page.mouse.up();
    await until(async () => Math.abs((await width('.rail')) - first - 60) <= 2, 'the rail to be wider');
    const wide = await width('.rail');

    const kernels = await width('.pane.kernels');
    const layer = await page.evaluate(() => location.hash);
    const kernelsHandle = page.getByRole('separator', { name: 'Width of the kernels' });
    await kernelsHandle.focus();
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await width('.pane.kernels')) < kernels - 10, 'the kernels to be narrower');
    const narrow = await width('.pane.kernels');
    // The page steps through captures by the same keys.
    expect(await page.evaluate(() => location.hash)).toBe(layer);
    expect(await axeViolations(page)).toEqual([]);

    await page.reload();
    await until(async () => (await output(page).count()) > 0 && (await settled(page)), 'the maps again');
    expect(Math.abs((await width('.rail')) - wide)).toBeLessThanOrEqual(1);
    expect(Math.abs((await width('.pane.kernels')) - narrow)).toBeLessThanOrEqual(1);
    const bottoms = await page
      .locator('.pane, .rail, .inspector')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().bottom));
    const foot = (await page.locator('.foot').boundingBox())!.y;
    expect(Math.max(...bottoms)).toBeLessThanOrEqual(foot);

    await handle.dblclick({ position: { x: 0, y: 300 } });
    await until(async () => (await width('.rail')) === first, 'the rail as it was');
    await kernelsHandle.dblclick();
    await until(async () => (await width('.pane.kernels')) === kernels, 'the kernels as they were');
    await assertClean();
  });

  it('follows the theme of the system until one is chosen', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?layer=conv1`);
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    expect(await theme()).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
    await page.keyboard.press('t');
    await expect.poll(theme).toBe('dark');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.emulateMedia({ colorScheme: 'light' });
    // After this round trip the page has heard of both.
    await page.evaluate(() => undefined);
    expect(await theme()).toBe('dark');
    await assertClean();
  });

  it('names in the foot the budget that held last, and what captures took of it', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=asked`);
    await expect
      .poll(() => page.locator('.foot').innerText())
      .toMatch(/Capture 9\.0 ms \(median\) · 0\.7 % of training \(budget 1 %\)/);
    expect(await page.getByText('of training (budget').getAttribute('title')).toMatch(/^Up to step 20, /);
  });
});
