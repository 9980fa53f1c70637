/** The runs as a table: columns, expressions, baseline, colours, and what is done to selected runs. */
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { type BrowserFolder, browserFolder, startConvscope } from './support/convscope.js';
import { type OpenOptions, useBrowser, useHub } from './support/test-browser.js';
import { untilRead } from './support/until-read.js';
import { type WrittenRun, writeRun } from './support/written-runs.js';

const falling = (by: number) => Array.from({ length: 20 }, (_, i) => by + 1 / (i + 1));
/** The same in all runs, so that no column shows it by itself. */
const SAME = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`a_value_${at}`, at]));
const SWEEP: readonly WrittenRun[] = [
  { name: 'adam-1', losses: falling(0.2), hparams: { ...SAME, lr: 0.001, optimizer: 'adam' } },
  { name: 'adam-2', losses: falling(0.4), hparams: { ...SAME, lr: 0.01, optimizer: 'adam' } },
  { name: 'sgd-1', losses: falling(0.1), hparams: { ...SAME, lr: 0.05, optimizer: 'sgd' } },
  { name: 'sgd-2', losses: [...falling(0.8), Number.NaN], hparams: { ...SAME, lr: 0.5, optimizer: 'sgd' } },
];

function writeRuns({ logdir }: BrowserFolder, runs: readonly WrittenRun[]): void {
  for (const run of runs) {
    writeRun(logdir, run);
    const directory = join(logdir, run.name);
    // So that none is taken for one that is being written.
    for (const file of readdirSync(directory))
      utimesSync(join(directory, file), 1_700_000_000, 1_700_000_000);
  }
}

const namesIn = (page: Page) =>
  page.locator('.run-table .run-row').evaluateAll((rows) =>
    rows
      .map((row) => row as HTMLElement)
      .sort((a, b) => Number(a.dataset['at']) - Number(b.dataset['at']))
      .map((row) => row.dataset['run']),
  );
const row = (page: Page, run: string) => page.locator(`.run-row[data-run="${run}"]`);
const titlesIn = (page: Page) =>
  page.getByRole('columnheader').evaluateAll((heads) => heads.map((head) => head.textContent));
const tools = (page: Page) => page.getByRole('toolbar', { name: 'Selected runs' });

describe('the run table', () => {
  const browser = useBrowser();
  const sweep = useHub((folder) => writeRuns(folder, SWEEP));
  // Their values say which columns there are.
  beforeAll(() => untilRead(sweep.url, SWEEP.length));

  const open = async (url: string, options: OpenOptions = {}) => {
    const opened = await browser.open(url, options);
    if ((options.width ?? 1440) > 599)
      await until(async () => (await opened.page.locator('.run-row').count()) > 0, 'the runs');
    return opened;
  };
  /** On a hub of its own, which may be changed. */
  const openAlone = async (runs: readonly WrittenRun[]) => {
    const folder = browserFolder();
    writeRuns(folder, runs);
    const served = await startConvscope(folder, 'serve');
    onTestFinished(async () => {
      await served.stop();
      folder.remove();
    });
    await untilRead(served.url, runs.length);
    return { ...(await open(served.url)), folder };
  };
  const asTable = async (page: Page, count: number) => {
    await page.keyboard.press('Shift+B');
    await until(async () => (await namesIn(page)).length === count, 'the table');
  };

  it('sorts, moves and hides columns by keyboard, and keeps them', async () => {
    const { page, assertClean } = await open(sweep.url);
    await asTable(page, 4);
    expect(await titlesIn(page)).toEqual(['run', 'status', 'step', 'loss', 'lr', 'optimizer', 'last seen']);
    await page.getByRole('columnheader', { name: 'loss' }).getByRole('button').click();
    await page.mouse.move(900, 500);
    await expect.poll(() => namesIn(page)).toEqual(['sgd-1', 'adam-1', 'adam-2', 'sgd-2']);
    await page.keyboard.press('Enter');
    await expect.poll(() => namesIn(page)).toEqual(['adam-2', 'adam-1', 'sgd-1', 'sgd-2']);
    await page.getByRole('columnheader', { name: 'lr' }).getByRole('button').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByRole('columnheader', { name: 'last seen' }).getByRole('button').focus();
    await page.keyboard.press('Delete');
    const kept = ['run', 'status', 'step', 'lr', 'loss↓', 'optimizer'];
    await expect.poll(() => titlesIn(page)).toEqual(kept);

    await page.getByRole('button', { name: 'Columns and colours' }).click();
    await page.getByRole('checkbox', { name: 'min of train/loss' }).check();
    await page.getByRole('checkbox', { name: 'status' }).uncheck();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await until(async () => (await row(page, 'sgd-1').innerText()).includes('0.1500'), 'the lowest loss');
    await page.reload();
    await until(async () => (await namesIn(page)).length === 4, 'the table again');
    expect(await titlesIn(page)).toEqual(['run', 'step', 'lr', 'loss↓', 'optimizer', 'min train/loss']);
    expect(await namesIn(page)).toEqual(['adam-2', 'adam-1', 'sgd-1', 'sgd-2']);
    await assertClean();
  });

  it('filters by expressions, says what is wrong with them, and keeps the names in view however far its columns are scrolled', async () => {
    const { page, assertClean } = await open(sweep.url, { theme: 'dark' });
    await asTable(page, 4);
    const field = page.locator('#run-filter');
    await field.fill('lr>1e-3 && loss<0.5');
    await expect.poll(() => namesIn(page)).toEqual(['adam-2', 'sgd-1']);
    await field.fill('(optimizer=adam || lr=0.5) && min(train/loss) > 0.3');
    await expect.poll(() => namesIn(page)).toEqual(['adam-2', 'sgd-2']);
    await field.fill('^sgd');
    await expect.poll(() => namesIn(page)).toEqual(['sgd-1', 'sgd-2']);
    await field.fill('lr>1e-3 &&');
    await until(
      async () => (await page.locator('.rail').innerText()).includes('ends where a name is expected'),
      'why',
    );
    expect(await namesIn(page)).toHaveLength(4);
    expect(await axeViolations(page)).toEqual([]);

    await field.fill('');
    await page.getByRole('button', { name: 'Columns and colours' }).click();
    for (const name of Object.keys(SAME)) await page.getByRole('checkbox', { name, exact: true }).check();
    await page.keyboard.press('Escape');
    const table = page.locator('.run-table');
    const width = () => table.evaluate((one) => one.scrollWidth);
    await expect.poll(width).toBeGreaterThan(1400);
    await table.evaluate((one) => one.scrollTo({ left: one.scrollWidth }));
    const { x } = (await table.boundingBox())!;
    for (const cell of [row(page, 'sgd-1').locator('.name-cell'), page.getByRole('columnheader').first()])
      expect((await cell.boundingBox())!.x).toBeCloseTo(x, 0);
    expect((await row(page, 'sgd-1').boundingBox())!.width).toBeCloseTo(await width(), 0);
    await assertClean();
  });

  it('compares with a baseline, colours by a value, and picks a colour', async () => {
    const { page, assertClean } = await open(sweep.url);
    await asTable(page, 4);
    await row(page, 'adam-2').locator('.cell').first().click({ button: 'right' });
    await tools(page).getByRole('button', { name: 'Baseline' }).click();
    await until(async () => (await row(page, 'adam-1').innerText()).includes('−44 %'), 'the difference');
    await page.mouse.move(900, 500);
    await expect.poll(async () => (await namesIn(page))[0]).toBe('adam-2');

    const colourOf = (run: string) =>
      row(page, run)
        .locator('.swatch')
        .evaluate((square) => getComputedStyle(square).color);
    await page.getByRole('button', { name: 'Columns and colours' }).click();
    await page.getByRole('combobox', { name: 'Colours by' }).click();
    await page.getByRole('option', { name: 'optimizer' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await colourOf('adam-1')) === (await colourOf('adam-2'))).toBe(true);
    expect(await colourOf('sgd-1')).not.toBe(await colourOf('adam-1'));
    await tools(page).getByRole('combobox', { name: 'Colour of the run' }).click();
    await page.getByRole('option', { name: 'grey', exact: true }).click();
    await expect.poll(async () => (await colourOf('adam-1')) === (await colourOf('adam-2'))).toBe(false);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('selects several runs by pointer and keyboard, and labels, archives, deletes and restores them', async () => {
    const { page, folder, assertClean } = await openAlone(SWEEP);
    await asTable(page, 4);
    await row(page, 'adam-1')
      .locator('.cover')
      .click({ modifiers: ['Control'] });
    await row(page, 'sgd-1')
      .locator('.cover')
      .click({ modifiers: ['Shift'] });
    await until(async () => (await tools(page).innerText()).includes('3 selected'), 'three runs');
    await page.keyboard.press('Control+a');
    await until(async () => (await tools(page).innerText()).includes('4 selected'), 'all runs');
    await page.keyboard.press('Escape');
    await expect.poll(() => tools(page).count()).toBe(0);

    await row(page, 'sgd-2').locator('.cover').focus();
    await page.keyboard.press('Control+Space');
    await tools(page).getByRole('button', { name: 'Rename…' }).click();
    await page.getByRole('textbox', { name: 'Label' }).fill('the one that diverged');
    await page.keyboard.press('Enter');
    await until(
      async () => (await row(page, 'sgd-2').innerText()).includes('the one that diverged'),
      'the label',
    );
    const note = page.getByRole('textbox', { name: 'Note' });
    await tools(page).getByRole('button', { name: 'Note…' }).click();
    await note.fill('the rate was too high');
    // A hub that does not take it leaves the text where it is.
    await page.route('**/run-actions', (route) => route.fulfill({ status: 503, body: '' }), { times: 1 });
    await note.press('Control+Enter');
    await until(async () => (await page.getByRole('dialog').getByRole('alert').count()) === 1, 'why not');
    expect(await note.inputValue()).toBe('the rate was too high');
    await note.press('Control+Enter');
    await expect.poll(() => note.count()).toBe(0);
    // It begins with what was saved, although the list of runs may not have brought it yet.
    await tools(page).getByRole('button', { name: 'Note…' }).click();
    expect(await note.inputValue()).toBe('the rate was too high');
    await note.press('Escape');
    await tools(page).getByRole('button', { name: 'Archive' }).click();
    await expect.poll(() => namesIn(page)).toEqual(['adam-1', 'adam-2', 'sgd-1']);

    await page.keyboard.press('Escape');
    await row(page, 'adam-2')
      .locator('.cover')
      .click({ modifiers: ['Control'] });
    await until(async () => (await tools(page).innerText()).includes('selected'), 'the selection');
    await tools(page).getByRole('button', { name: 'Delete…' }).click();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await until(async () => !(await namesIn(page)).includes('adam-2'), 'the deletion');
    expect(readdirSync(folder.logdir)).not.toContain('adam-2');
    await page.getByRole('button', { name: 'Undo' }).click();
    await until(async () => (await namesIn(page)).includes('adam-2'), 'the run to be back');
    expect(readdirSync(join(folder.logdir, 'adam-2'))).toHaveLength(1);
    await assertClean([/503/]);
  });

  it('of five hundred runs renders those in view, and no key or click takes long', async () => {
    const many = Array.from({ length: 500 }, (_, k) => ({
      name: `sweep/run${k}`,
      losses: falling((k * 7919) % 500),
      hparams: { lr: k / 1000, seed: k },
    }));
    const { page, assertClean } = await openAlone(many);
    await page.keyboard.press('Shift+B');
    await until(async () => (await namesIn(page)).length > 10, 'the table');
    expect((await namesIn(page)).length).toBeLessThan(60);
    await page.evaluate(() => {
      const found: number[] = [];
      Reflect.set(globalThis, 'longTasks', found);
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) found.push(duration);
      }).observe({ entryTypes: ['longtask'] });
    });
    await page.getByRole('columnheader', { name: 'loss' }).getByRole('button').click();
    await page.locator('.run-table').evaluate((table) => table.scrollTo(0, 9000));
    await until(async () => (await namesIn(page)).length > 10, 'the rows further down');
    // Rows that are still on their way out are gone before they can have the focus.
    await until(async () => {
      const name = (await namesIn(page))[8];
      if (name === undefined) return false;
      const cover = row(page, name).locator('.cover');
      return cover.focus({ timeout: 1000 }).then(
        () => true,
        () => false,
      );
    }, 'a row that stays');
    await page.keyboard.press('Shift+End');
    await until(async () => /\d{2,3} selected/.test(await tools(page).innerText()), 'the selection');
    expect((await namesIn(page)).length).toBeLessThan(60);
    const longest: unknown = await page.evaluate(() => Math.max(0, ...Reflect.get(globalThis, 'longTasks')));
    // Some 70 ms were measured; what runs beside the test may take as long again.
    expect(longest).toBeLessThan(300);
    await assertClean();
  });

  it('on a phone selects by a long touch, and everything fits', async () => {
    const { page, assertClean } = await open(sweep.url, { width: 400, height: 800 });
    if ((await page.locator('.rail').count()) === 0)
      await page.getByRole('button', { name: 'Runs, config and findings' }).click();
    await row(page, 'sgd-1').locator('.cover').click({ button: 'right' });
    await until(async () => (await tools(page).innerText()).includes('1 selected'), 'the selection');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });
});
