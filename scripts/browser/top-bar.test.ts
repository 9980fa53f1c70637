/** The top bar at widths where not everything fits: the names of the pages give way before the status. */
import { RUN_END_TAG } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

/** Parts of the status that do not fit are wrapped out of sight, and what is too wide is cut. */
function seenIn(status: Locator): Promise<string> {
  return status.evaluate((box) => {
    const { bottom, right } = box.getBoundingClientRect();
    return [...box.children]
      .filter((part) => {
        const own = part.getBoundingClientRect();
        return own.bottom <= bottom + 1 && own.right <= right + 1;
      })
      .map((part) => part.textContent)
      .join(' ');
  });
}

const RUN = 'resnet18/lr=0.01_batch=64_seed=3';
const SYNTHETIC = 'convnet_synthetic_lr0.05_batch64';

describe('the top bar', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeRun(logdir, { name: RUN, losses: [1, 0.5, 0.25] });
    const at = { step: 12_345, wallTime: 1_700_000_099 };
    const end = { version: 1, reason: 'interrupted', seconds: 99 } as const;
    writeLog(logdir, SYNTHETIC, [
      runStartRecord({ name: SYNTHETIC, plan: { epochs: 3, stepsPerEpoch: 9000, totalSteps: 27_000 } }),
      { kind: 'scalar', tag: 'train/loss', value: 0.5, ...at },
      { kind: 'run-end', tag: RUN_END_TAG, end, ...at },
    ]);
  });

  it.each([
    { width: 1024, height: 700, named: 1 },
    { width: 1440, height: 900, named: Number.POSITIVE_INFINITY },
  ])('at $width pixels shows every page and the status of the run', async ({ named, ...size }) => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=${encodeURIComponent(RUN)}`, size);
    const status = page.locator('.top .status');
    await until(async () => (await status.innerText()).includes('step'), 'the status of the run');
    const tabs = page.getByRole('navigation', { name: 'Pages' });
    const { shown, count, bar, isScrolled } = await tabs.evaluate((nav) => ({
      shown: [...nav.querySelectorAll('.tab-name')].filter((name) => name.getBoundingClientRect().width > 2)
        .length,
      count: nav.querySelectorAll('a').length,
      bar: nav.getBoundingClientRect().right,
      isScrolled: nav.scrollWidth > nav.clientWidth + 1,
    }));
    expect(isScrolled).toBe(false);
    expect(shown).toBe(Math.min(named, count));
    const seen = await seenIn(status);
    expect(seen).toContain(RUN);
    expect(seen).toContain('step 2');
    expect((await status.boundingBox())!.x).toBeGreaterThanOrEqual(bar);
    expect(await tabs.getByRole('link', { name: 'HParams', exact: true }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it.each([1024, 1200, 1399, 1400, 1440])(
    'at %i pixels shows the state and the step of a run, and that its data is synthetic, before all else',
    async (width) => {
      const address = `${hub.url}#run?run=${SYNTHETIC}`;
      const { page, assertClean } = await browser.show(address, { width, height: 800 });
      const status = page.locator('.top .status');
      await until(async () => (await status.innerText()).includes('step'), 'the status of the run');
      const seen = await seenIn(status);
      for (const part of ['interrupted', 'step 12,345', 'synthetic']) expect(seen).toContain(part);
      expect(await page.locator('.top .tabs').evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBe(0);
      await assertClean();
    },
  );

  it('on a phone shows the state and the step of a run, and that its data is synthetic, in one line', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=${SYNTHETIC}`, { width: 400 });
    const line = page.locator('.top .only-narrow .micro');
    await until(async () => (await line.innerText()).includes('step'), 'the status of the run');
    // The words up to the place where the line is cut.
    const seen = await line.evaluate((box) => {
      const range = document.createRange();
      const text = box.lastChild!;
      const { right } = box.getBoundingClientRect();
      let end = text.textContent!.length;
      for (range.selectNodeContents(text); range.getBoundingClientRect().right > right; )
        range.setEnd(text, --end);
      return text.textContent!.slice(0, end);
    });
    for (const part of ['interrupted', 'step 12,345', 'synthetic']) expect(seen).toContain(part);
    await assertClean();
  });
});
