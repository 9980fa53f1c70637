import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { range, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const loss = (step: number) => 2 - step / 100;

describe('values that were logged again after a run was resumed', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'resumed', [
      ...scalars('loss', range(0, 150), loss),
      ...scalars('loss', range(100, 200), () => 0.5),
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
    expect(page.url()).toContain('earlier=1');
    await page.reload();
    await until(async () => (await strip.getAttribute('data-earlier')) === '1', 'the branch of the address');
    await toggle.click();
    await until(async () => (await strip.getAttribute('data-earlier')) === '0', 'no earlier branch');

    await page.goto(`${hub.url}#run?run=straight&smooth=0`);
    await until(async () => (await strip.getAttribute('data-own-points')) === '150', 'the other run');
    expect(await toggle.count()).toBe(0);
    await assertClean();
  });
});
