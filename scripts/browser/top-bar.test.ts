/** The top bar at widths where not everything fits: the names of the pages give way before the status. */
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const RUN = 'resnet18/lr=0.01_batch=64_seed=3';

describe('the top bar', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => writeRun(logdir, { name: RUN, losses: [1, 0.5, 0.25] }));

  it.each([
    { width: 1024, height: 700, named: 1 },
    { width: 1440, height: 900, named: Number.POSITIVE_INFINITY },
  ])('at $width pixels shows every page and the status of the run', async ({ named, ...size }) => {
    const { page, assertClean } = await browser.open(`${hub.url}#run?run=${encodeURIComponent(RUN)}`, size);
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
    // Parts of the status that do not fit are wrapped out of sight.
    const seen = await status.evaluate((box) => {
      const { bottom } = box.getBoundingClientRect();
      return [...box.children]
        .filter((part) => part.getBoundingClientRect().bottom <= bottom + 1)
        .map((part) => part.textContent)
        .join(' ');
    });
    expect(seen).toContain(RUN);
    expect(seen).toContain('step 2');
    expect((await status.boundingBox())!.x).toBeGreaterThanOrEqual(bar);
    expect(await tabs.getByRole('link', { name: 'HParams', exact: true }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });
});
