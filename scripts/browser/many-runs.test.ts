/** A page that draws many runs. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { untilDrawn } from './harness/until-drawn.js';
import { range, scalars, tensor, writeLog } from './support/logs.js';
import { hashOf } from './support/run-page.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { untilRead } from './support/until-read.js';

/** Each run begins after those before it. The newest of them all logs no maps. */
function writeRuns(logdir: string, count: number): void {
  for (let run = 0; run < count; run++) {
    const begun = 1_700_000_000 + 60 * run;
    const losses = scalars('loss', range(0, 20), (step) => run / (1 + step));
    const maps = [0, 10].map((step) => tensor('conv1/output', step, [1, 2, 4, 4], (at) => at * step));
    const records = run < count - 1 ? [...losses, ...maps] : losses;
    const timed = records.map((record, at) => ({ ...record, wallTime: begun + at }));
    writeLog(logdir, `run${run}`, timed);
  }
}

/** The addresses that a page asks for. */
function asking() {
  const asked: URL[] = [];
  return {
    before: async (page: Page) => {
      page.on('request', (request) => asked.push(new URL(request.url())));
    },
    at: (path: string) => asked.filter(({ pathname }) => pathname === path),
  };
}

describe('a page that draws many runs', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => writeRuns(logdir, 40));

  it('asks for what they hold in few requests', async () => {
    // Of each run whose log is still being read, the page asks once more when it has been.
    await untilRead(hub.url, 40);
    const { before, at } = asking();
    const { page, assertClean } = await browser.open(hub.url, { before });
    await untilDrawn(page);
    await expect.poll(() => at('/api/v1/series').length).toBeGreaterThan(0);
    expect(at('/api/run').length).toBeLessThan(5);
    expect(at('/api/v1/listing').length).toBeLessThan(4);
    await assertClean();
  });
});

describe('a page that opens while hundreds of runs are being read', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => writeRuns(logdir, 300));

  it('asks for those that it draws at first, and for the newest in the end', async () => {
    await hub.restart();
    const { before, at } = asking();
    const { page, assertClean } = await browser.open(hub.url, { before });
    await untilDrawn(page);
    const runs = () => new Set(at('/api/run').map(({ searchParams }) => searchParams.get('run')));
    await until(() => runs().has('run299'), 'the newest run');
    expect(runs().size).toBeLessThanOrEqual(16);
    await assertClean();
  });

  it('compares the newest of those that log maps in the end', async () => {
    await hub.restart();
    const { page, assertClean } = await browser.open(`${hub.url}#compare`);
    await expect.poll(() => hashOf(page)).toBe('#compare?a=run298@0&b=run298@10');
    await assertClean();
  });
});
