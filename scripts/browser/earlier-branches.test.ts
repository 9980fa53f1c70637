import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { maps, range, scalar, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const loss = (step: number) => 2 - step / 100;

describe('values that were logged again after a run was resumed', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'resumed', [
      ...scalars('loss', range(0, 150), loss),
      ...scalars('loss', range(100, 200), () => 0.5),
    ]);
    writeLog(logdir, 'maps', [
      ...[0, 10, 20, 30, 40].map((step) => maps('conv1/output', step, [4, 8, 8])),
      ...[0, 10, 20, 30].map((step) => maps('conv2/output', step, [4, 8, 8])),
      ...scalars('loss', range(0, 41), loss),
      ...scalars('loss', range(15, 26), () => 0.5),
      maps('conv1/output', 20, [4, 8, 8]),
    ]);
    writeLog(logdir, 'straight', scalars('loss', range(0, 150), loss));
  });

  it('take the place of the earlier ones, which are drawn on request', async () => {
    const { page, assertClean } = await browser.open(`${hub.url}#run?run=resumed&step=120&smooth=0`);
    const strip = page.locator('[role=slider][aria-label=Step]');
    await until(async () => (await strip.getAttribute('data-own-points')) === '200', 'one value a step');
    expect(await strip.getAttribute('data-earlier')).toBe('0');
    const toggle = page.getByRole('button', { name: 'earlier' });
    expect(await toggle.getAttribute('title')).toContain('50 values');
    await toggle.click();
    await until(async () => (await strip.getAttribute('data-earlier')) === '1', 'the earlier branch');
    expect(await page.locator('[data-raw]').first().getAttribute('data-raw')).toBe('0.5');
    expect(await axeViolations(page)).toEqual([]);
    await expect.poll(() => page.url()).toContain('earlier=1');
    await page.reload();
    await until(async () => (await strip.getAttribute('data-earlier')) === '1', 'the branch of the address');
    await toggle.click();
    await until(async () => (await strip.getAttribute('data-earlier')) === '0', 'no earlier branch');

    await page.goto(`${hub.url}#run?run=straight&smooth=0`);
    await until(async () => (await strip.getAttribute('data-own-points')) === '150', 'the other run');
    expect(await toggle.count()).toBe(0);
    await assertClean();
  });

  it('take the place of maps at later steps too, which are neither shown nor stepped through', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=maps&layer=conv1`);
    const output = page.locator('canvas[data-grid=output]');
    const shownStep = () => output.getAttribute('data-step');
    await expect.poll(shownStep).toBe('20');
    const stepNow = () => page.locator('[role=slider][aria-label=Step]').getAttribute('aria-valuenow');
    // A tag that was not logged again keeps what it has, as in TensorBoard.
    for (const step of ['20', '10']) {
      await page.keyboard.press('ArrowLeft');
      await expect.poll(stepNow).toBe(step);
      await expect.poll(shownStep).toBe(step);
    }
    for (const step of ['20', '30']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(stepNow).toBe(step);
      await expect.poll(shownStep).toBe('20');
    }
    await page.locator('[data-layer=conv2]').click();
    await expect.poll(shownStep).toBe('30');

    const file = join(hub.folder.logdir, 'maps', 'events.out.tfevents.1700000000.host.1.0');
    for (const record of [maps('conv2/output', 20, [4, 8, 8]), scalar('loss', 26, 0.5)])
      appendFileSync(file, encodeFrame(encodeEvent(record)));
    await expect.poll(shownStep).toBe('20');
    await assertClean();
  });
});
