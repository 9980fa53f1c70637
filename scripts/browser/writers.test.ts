/**
 * What torch's and tensorboardX's own writers log of sounds, curves, meshes and layouts, and session groups as Keras's callbacks
 * lay them out. `fixtures/writers/write_logs.py` wrote the logs.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { ROOT } from './support/convscope.js';
import { useBrowser, useHub } from './support/test-browser.js';

const LOGS = join(ROOT, 'scripts/browser/fixtures/writers');
const WRITERS = ['tensorboardx', 'torch'];

const hub = useHub(({ logdir }) => {
  for (const run of [...WRITERS, 'session-groups'])
    cpSync(join(LOGS, run), join(logdir, run), { recursive: true });
});
const browser = useBrowser();

async function showOther(hash = ''): Promise<Page> {
  const { page } = await browser.show(`${hub.url}#other${hash}`);
  // Only the newest runs are drawn unless all are asked for.
  await page.getByRole('button', { name: 'all', exact: true }).click();
  return page;
}

/** The scores of `write_logs.py`, which get better step by step. */
function predictions(step: number): readonly { readonly isPositive: boolean; readonly score: number }[] {
  return Array.from({ length: 40 }, (_, at) => {
    const label = at % 2;
    const noise = Math.sin(at * 1.7) / (2 + 3 * step);
    const score = Math.min(1, Math.max(0, 0.5 + (label - 0.5) * (0.2 + 0.3 * step) + noise));
    return { isPositive: label === 1, score };
  });
}

it('draws the precision of both writers at each step', async () => {
  const page = await showOther('?step=0');
  const line = (run: string) => page.locator(`.pr-line[data-run="${run}"]`).getAttribute('d');
  const lowestAt = async (run: string) => {
    const d = (await line(run)) ?? '';
    // The box is 240 high: precision 1 is at the top, so the lowest point of the line is the least precision.
    return Math.max(...[...d.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)));
  };
  const all = predictions(0);
  const positives = all.filter(({ isPositive }) => isPositive).length;
  for (const run of WRITERS) {
    await expect.poll(() => line(run)).toMatch(/^M/);
    // At the threshold 0 everything counts as positive: precision is the share of positives.
    expect(await lowestAt(run)).toBeGreaterThanOrEqual(240 * (1 - positives / all.length) - 0.01);
  }
  const first = await line('torch');
  await page.goto(`${hub.url}#other?step=2`);
  await until(async () => (await line('torch')) !== first, 'the curve of step 2');
  expect(predictions(2).every(({ isPositive, score }) => isPositive === score >= 0.5)).toBe(true);
  // Labels that can be told apart have a threshold with precision 1 and recall 1: the corner at the right and top.
  await expect.poll(() => line('torch')).toMatch(/240\.00 0\.00/);
  await expect.poll(() => line('tensorboardx')).toMatch(/240\.00 0\.00/);
});

it('plays the sounds of both writers', async () => {
  const page = await showOther();
  for (const run of WRITERS) {
    const audio = page.locator(`.other-card[data-tag^=tone][data-run="${run}"] audio`).first();
    await audio.scrollIntoViewIfNeeded();
    await expect
      .poll(() => audio.evaluate((element) => (element as HTMLAudioElement).duration))
      .toBeCloseTo(0.1, 3);
  }
});

it('lists meshes and layouts of both writers, with what opens them and a download', async () => {
  const page = await showOther();
  for (const run of WRITERS) {
    const row = (plugin: string) => page.locator(`tr[data-plugin=${plugin}]`, { hasText: run });
    await expect
      .poll(() => row('mesh').first().innerText())
      .toMatch(/cloud[\s\S]*A mesh or a cloud of points/);
    expect(await row('custom_scalars').innerText()).toContain(
      'A layout of scalars: the page Scalars draws it.',
    );
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      row('custom_scalars')
        .getByRole('button', { name: /^Download the newest record/ })
        .click(),
    ]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^${run}-custom_scalars`));
  }
});

it("puts the runs of a session group into one row, with Keras's metric of the run below", async () => {
  const { page } = await browser.show(`${hub.url}#hparams?by=groups`);
  const table = page.getByRole('group', { name: 'Table of runs' });
  const rows = table.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(2);
  // 0.5 + rate + 0.2 in the last epoch, and 0.01 more in each trial.
  await expect
    .poll(async () => (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')).sort())
    .toEqual(['rate 0.01 n = 2 0.01 0.715 ± 0.00707', 'rate 0.1 n = 2 0.1 0.825 ± 0.00707']);
});
