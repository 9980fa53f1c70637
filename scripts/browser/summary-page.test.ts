/** The summary of a run of our own trainer, and of logs of other programs. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { API } from '@convscope/shared/protocol/addresses.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { ROOT } from './support/convscope.js';
import { range, scalar, scalars, writeLog } from './support/logs.js';
import { copyTrainedRun, useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const hub = useHub(async (folder) => {
  await copyTrainedRun(folder, 'net');
  const { logdir } = folder;
  for (const run of ['tensorboardx', 'torch'])
    cpSync(join(ROOT, 'scripts/browser/fixtures/writers', run), join(logdir, run), { recursive: true });
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
  for (const [run, times] of [
    ['wild-times', [1_700_000_000, 2e300]],
    ['no-times', [0, 0]],
  ] as const)
    writeLog(
      logdir,
      run,
      times.map((wallTime, step) => ({ kind: 'scalar', tag: 'loss', step, wallTime, value: 1 - step / 4 })),
    );
});
const browser = useBrowser();

async function show(run: string, options = {}): Promise<Page> {
  const { page } = await browser.show(`${hub.url}#summary?run=${run}`, options);
  await page.getByRole('region', { name: 'Course' }).waitFor();
  return page;
}

/** As somebody does on this page, in another browser: the page itself takes no part in it. */
const annotate = (page: Page, run: string, note: string | null) =>
  page.evaluate(
    async ([address, body]) => {
      const headers = { 'Content-Type': 'application/json' };
      await fetch(address, { method: 'POST', headers, body });
    },
    [API.runActions, JSON.stringify({ action: 'annotate', runs: [run], note })] as const,
  );

const textOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true }).innerText();

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
    expect(await textOf(page, 'Environment')).toMatch(/convscope train .*--data \S+ --backend wasm/);
    expect(await textOf(page, 'Environment')).toMatch(/git\s+[0-9a-f]{40}/);
    const matrix = page.getByRole('region', { name: /^Confusion matrix/ });
    await matrix.getByRole('table').waitFor();
    expect(await matrix.innerText()).toMatch(/pictures of the test set/);
    expect(await matrix.getByRole('columnheader').count()).toBe(12);
    await expect
      .poll(() => page.getByRole('list', { name: 'Files' }).innerText())
      .toMatch(/^events\.out\.tfevents\.\S+\s+[\d.]+ [kM]B$/);
  });

  it('takes a note, and shows it to others', async () => {
    const page = await show('torch');
    const note = page.getByRole('region', { name: 'Note' });
    await note.getByRole('button', { name: 'Add a note…' }).click();
    await page.keyboard.type('The rate was too high.\nTry 0.01.');
    await page.keyboard.press('Control+Enter');
    await note.getByText('The rate was too high.').waitFor();
    const other = await browser.open(`${hub.url}#summary?run=torch`);
    await other.page.getByRole('region', { name: 'Note' }).getByText('Try 0.01.').waitFor();
    await note.getByRole('button', { name: 'Edit…' }).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Done.');
    await note.getByRole('button', { name: 'Save' }).click();
    await note.getByText('Done.').waitFor();
    await other.page.getByRole('region', { name: 'Note' }).getByText('Done.').waitFor();
  });

  it('says of a note that is edited that somebody else changed or removed it, and keeps both texts', async () => {
    const page = await show('torch');
    const note = page.getByRole('region', { name: 'Note' });
    const said = note.getByRole('alert');
    await annotate(page, 'torch', 'First.');
    await note.getByText('First.').waitFor();
    await note.getByRole('button', { name: 'Edit…' }).click();
    await page.keyboard.type(' Mine.');
    expect(await said.count()).toBe(0);
    await annotate(page, 'torch', 'Theirs.');
    await said.getByText('Theirs.').waitFor();
    expect(await note.getByRole('textbox').inputValue()).toBe('First. Mine.');
    await annotate(page, 'torch', null);
    await said.getByText(/was removed elsewhere/).waitFor();
    await note.getByRole('button', { name: 'Save' }).click();
    await note.getByRole('button', { name: 'Edit…' }).waitFor();
    await note.getByText('First. Mine.').waitFor();
    expect(await said.count()).toBe(0);
  });

  it('shows what tensorboardX and torch logged of config, command, commit, console and machine', async () => {
    const page = await show('tensorboardx');
    await until(async () => /optimizer: adam/.test(await textOf(page, 'Text config')), 'the config');
    await until(async () => /--lr 0\.1/.test(await textOf(page, 'Text command_line')), 'the command');
    await until(async () => /0123456789abcdef/.test(await textOf(page, 'Text git/commit')), 'the commit');
    await until(
      async () => /epoch 0\s+loss 1\.0000\s+epoch 1[\s\S]*epoch 2/.test(await textOf(page, 'Text console')),
      'the console of all steps',
    );
    await page.getByRole('img', { name: /^system\/gpu_util over time, now 92/ }).waitFor();
    await page.getByRole('img', { name: /^loss\/train over time/ }).waitFor();
    expect(await page.getByRole('list', { name: 'Files' }).innerText()).toContain('events.out.tfevents');
    await page.getByRole('button', { name: /^torch,/ }).click();
    const matrix = page.getByRole('region', { name: /^Confusion matrix/ });
    await matrix.getByRole('table').waitFor();
    await until(
      async () => /over 300 examples: 91\.7 % are right/.test(await matrix.innerText()),
      'the matrix',
    );
  });

  it("shows other programs' hyperparameters, machine, console and gaps", async () => {
    const page = await show('machine');
    await page.getByRole('img', { name: /^gpu\/util over time, now 59/ }).waitFor();
    await page.getByText('epoch 1 of 3').waitFor();
    await until(
      async () =>
        /gaps\s+1[\s\S]*events\.out\S+\s+[\d.]+ kB[\s\S]*after step 49/.test(await textOf(page, 'Log')),
      'the gap beside its file',
    );
    await page.getByRole('button', { name: /^hparams,/ }).click();
    await until(async () => /lr\s+0\.1/.test(await textOf(page, 'Config')), 'the other run');
    await until(() => page.url().includes('run=hparams'), 'the address');
    await page.goBack();
    await page.getByText('epoch 1 of 3').waitFor();
  });

  it('says in a few characters how long a run took, whatever its wall times are', async () => {
    const page = await show('wild-times');
    expect(await textOf(page, 'Course')).toMatch(/took\s+6\.3e292 years/);
    await page.getByText('6.3e292 years from the first of their records to the last').waitFor();
    await page.getByRole('button', { name: /^no-times,/ }).click();
    await page.getByText('0:00 from the first of their records to the last').waitFor();
    expect(await textOf(page, 'Course')).toMatch(/took\s+–/);
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
