/** The summary of a run of our own trainer, and of logs of other programs. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { range, scalar, scalars, writeLog } from './support/logs.js';
import { copyTrainedRun, useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const hub = useHub(async (folder) => {
  await copyTrainedRun(folder, 'net');
  const { logdir } = folder;
  writeRun(logdir, { name: 'hparams', losses: [2, 1], hparams: { lr: 0.1, optimizer: 'adam' } });
  writeLog(
    logdir,
    'machine',
    [
      ...scalars('loss', range(0, 100), (step) => 1 / (step + 1)),
      ...scalars('gpu/util', range(0, 100), (step) => 50 + (step % 10)),
      {
        ...{ kind: 'text', tag: 'console/text_summary', step: 5, wallTime: 1_700_000_002 },
        ...{ strings: ['epoch 1 of 3\nloss 0.5'], shape: [1] },
      },
      scalar('loss', 100, 0.01),
    ],
    (record) => record.kind === 'scalar' && record.tag === 'loss' && Number(record.step) === 50,
  );
});
const browser = useBrowser();

async function show(run: string, options = {}): Promise<Page> {
  const { page } = await browser.show(`${hub.url}#summary?run=${run}`, options);
  await page.getByRole('region', { name: 'Course' }).waitFor();
  return page;
}

const textOf = (page: Page, name: string) => page.getByRole('region', { name }).innerText();

describe('the summary of a run', () => {
  it('says with what, where and how a run of our trainer went', async () => {
    const page = await show('net');
    await page.getByRole('region', { name: 'Environment' }).waitFor();
    expect(await textOf(page, 'Config')).toMatch(/optimizer\s+\w+/);
    expect(await textOf(page, 'Environment')).toMatch(/node\s+v?\d+/i);
    await until(
      async () => /last step\s+30[\s\S]*ended as\s+completed/.test(await textOf(page, 'Course')),
      'the end of the run',
    );
    expect(await textOf(page, 'Data and net')).toMatch(/parameters\s+[\d,]+/);
    await page.getByRole('img', { name: /^system\/process_memory_mb over time, now \d/ }).waitFor();
  });

  it("shows other programs' hyperparameters, machine, console and gaps", async () => {
    const page = await show('machine');
    await page.getByRole('img', { name: /^gpu\/util over time, now 59/ }).waitFor();
    await page.getByText('epoch 1 of 3').waitFor();
    await until(async () => /gaps\s+1[\s\S]*after step 49/.test(await textOf(page, 'Log')), 'the gap');
    await page.getByRole('button', { name: /^hparams,/ }).click();
    await until(async () => /lr\s+0\.1/.test(await textOf(page, 'Config')), 'the other run');
    await until(() => page.url().includes('run=hparams'), 'the address');
    await page.goBack();
    await page.getByText('epoch 1 of 3').waitFor();
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 400, 860],
  ] as const)('passes axe in the %s theme at %i pixels', async (theme, width, height) => {
    const page = await show('net', { theme, width, height });
    await page.getByRole('region', { name: 'Environment' }).waitFor();
    await page
      .getByRole('img', { name: /over time/ })
      .first()
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
