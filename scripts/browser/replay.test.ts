/** Replaying a run that has ended, and the scale of its colours: of each channel, of the layer, and of the whole run. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { scalars, tensor, writeLog } from './support/logs.js';
import { output, shownStep } from './support/run-page.js';
import { useBrowser, useHub } from './support/test-browser.js';

const STEPS = [10, 20, 30, 40];

describe('a run that is replayed', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'net', [
      ...scalars('loss', STEPS, (step) => 1 / step),
      // Channel c of step s is from 0 to s·(c + 1): 10 to 120.
      ...STEPS.map((step) =>
        tensor(
          'conv1/output',
          step,
          [1, 3, 4, 4],
          (at) => (step * (Math.floor(at / 16) + 1) * (at % 16)) / 15,
        ),
      ),
    ]);
  });
  const show = async (hash: string) => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=net${hash}`);
    await output(page).waitFor();
    return { page, assertClean };
  };
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

  it('steps, plays at the speed that is chosen, and begins again where it loops', async () => {
    const { page, assertClean } = await show('&step=20');
    await until(async () => (await shownStep(page)) === 20, 'the step of the address');
    await button(page, 'Next capture').click();
    await until(async () => (await shownStep(page)) === 30, 'the next capture');
    await button(page, 'Previous capture').click();
    await until(async () => (await shownStep(page)) === 20, 'the capture before');

    const first = await button(page, /^Speed/).innerText();
    await button(page, /^Speed/).click();
    expect(await button(page, /^Speed/).innerText()).not.toBe(first);

    await button(page, 'Loop').click();
    await button(page, 'Loop').and(page.locator('[aria-pressed=true]')).waitFor();
    await button(page, 'Play').click();
    // Having been at the end, it is at the beginning again.
    await until(async () => (await shownStep(page)) === 40, 'the end');
    await until(async () => (await shownStep(page)) === 10, 'the beginning again');
    await button(page, 'Pause').click();
    await button(page, 'Play').waitFor();
    await button(page, 'Loop').click();
    await assertClean();
  });

  it('has the colours of each channel, of the layer, or of the whole run, as the lock says', async () => {
    const { page, assertClean } = await show('&step=20&ch=0');
    const lock = page.getByRole('combobox', { name: 'Scale lock of the output' });
    const limits = async () => {
      const {
        lock: of,
        lo,
        hi,
      } = await output(page).evaluate((element) => ({
        ...(element as HTMLElement).dataset,
      }));
      return [of, Number(lo), Math.round(Number(hi))];
    };
    for (const [name, highest] of [
      ['channel', 20],
      ['layer', 60],
      ['run', 120],
    ] as const) {
      await lock.click();
      await page.getByRole('option', { name, exact: true }).click();
      await expect.poll(limits).toEqual([name, 0, highest]);
    }
    await expect.poll(() => page.url()).not.toContain('lock=');
    await page.reload();
    await output(page).waitFor();
    await expect.poll(limits).toEqual(['run', 0, 120]);
    await assertClean();
  });
});
