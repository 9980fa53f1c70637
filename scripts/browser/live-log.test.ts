/** A log that another program still writes: what the page says of it, with and without the hub. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo } from './harness/go-to.js';
import { type BrowserFolder, browserFolder, type Convscope, startConvscope } from './support/convscope.js';
import { useBrowser } from './support/test-browser.js';

const now = () => Date.now() / 1000;
const loss = (step: number): RunRecord => ({
  ...{ kind: 'scalar', tag: 'loss', step, wallTime: now(), value: 1 / (1 + step) },
});

function maps(step: number): RunRecord {
  const values = Float32Array.from({ length: 4 * 36 }, (_, at) => Math.sin(at + step));
  return createTensorRecord({
    ...{ tag: 'conv1/output', step, wallTime: now(), dtype: 'float32', shape: [4, 6, 6], values },
  });
}

const frames = (records: readonly RunRecord[]) =>
  Buffer.concat(records.map((record) => encodeFrame(encodeEvent(record))));
const row = (page: Page) => page.locator('.run-row[data-run=torch]');

describe('a log that is still written', () => {
  const browser = useBrowser();
  let folder: BrowserFolder;
  let hub: Convscope;
  let file: string;
  beforeAll(async () => {
    folder = browserFolder();
    mkdirSync(join(folder.logdir, 'torch'), { recursive: true });
    file = join(folder.logdir, 'torch', `events.out.tfevents.${Math.floor(now())}.host.1.0`);
    const rate = { tag: 'perf/images_per_second', step: 8, wallTime: now(), value: 120 } as const;
    const records = [
      ...Array.from({ length: 11 }, (_, step) => loss(step)),
      { kind: 'scalar', ...rate } as const,
    ];
    writeFileSync(
      file,
      Buffer.concat([encodeFrame(encodeFileVersion(now())), frames([maps(0), ...records, maps(10)])]),
    );
    hub = await startConvscope(folder, 'serve');
  });
  afterAll(async () => {
    await hub?.stop();
    folder?.remove();
  });

  it('has maps that name their step once they are older than the playhead, and while it is live', async () => {
    const { page, assertClean } = await browser.open(`${hub.url}#run?run=torch`);
    await expect.poll(() => row(page).innerText()).toMatch(/live/);
    const head = page.locator('.pane.output .pane-head');
    const ofStep = page.locator('[data-of-step]');
    await expect.poll(() => page.locator('canvas[data-grid=output]').getAttribute('data-step')).toBe('10');
    await expect.poll(() => ofStep.count()).toBe(0);
    // A rate that is older than the run names its step as well.
    await expect.poll(() => page.locator('.status').innerText()).toMatch(/120\s*img\/s of step 8/);
    appendFileSync(file, frames([loss(11)]));
    await expect.poll(() => head.locator('[data-of-step]').innerText()).toBe('of step 10');
    appendFileSync(file, frames([loss(12), maps(12)]));
    await expect.poll(() => page.locator('canvas[data-grid=output]').getAttribute('data-step')).toBe('12');
    await expect.poll(() => ofStep.count()).toBe(0);
    await assertClean();
  });

  it('is not called live on any page while the hub is lost', async () => {
    const { page } = await browser.open(`${hub.url}#run?run=torch`);
    const status = page.locator('.status');
    await expect.poll(() => status.innerText()).toMatch(/live|no data for/);
    await expect.poll(() => row(page).innerText()).toMatch(/live/);
    // What shows the table and the other pages is loaded before the hub is gone.
    const table = page.locator('.run-table [data-run=torch]');
    await page.keyboard.press('Shift+B');
    await table.waitFor();
    await page.keyboard.press('Shift+B');
    await table.waitFor({ state: 'detached' });
    for (const hash of ['#summary?run=torch', '#scalars', '#run?run=torch']) await goTo(page, hash);
    await hub.stop();
    await expect.poll(() => row(page).innerText(), { timeout: 15_000 }).toMatch(/was live/);
    expect(await row(page).locator('.cover').getAttribute('title')).toMatch(/was live/);
    await expect.poll(() => status.innerText()).toMatch(/no data for/);
    expect(await page.locator('.live').innerText()).toMatch(/^\s*Waiting/);

    await page.keyboard.press('Shift+B');
    await expect.poll(() => table.innerText()).toMatch(/was live/);
    await page.keyboard.press('Shift+B');
    await page.evaluate(() => {
      location.hash = '#summary?run=torch';
    });
    await expect.poll(() => page.locator('.summary-head').innerText()).toMatch(/was live/);
    await page.evaluate(() => {
      location.hash = '#scalars';
    });
    await expect.poll(() => page.locator('.status').innerText()).toMatch(/1\s+was live/);
  });
});
