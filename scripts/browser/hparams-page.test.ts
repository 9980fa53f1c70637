/** The page of hyperparameters on logs of torch's add_hparams, of our own trainer, and on a sweep. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { stillBox } from './harness/still-box.js';
import { untilDrawn } from './harness/until-drawn.js';
import { ROOT } from './support/convscope.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { writeRun } from './support/written-runs.js';

const FIXTURES = join(ROOT, 'shared/src/event-log/fixtures/events');
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

const torch = useHub(({ logdir }) => cpSync(join(FIXTURES, 'torch-hparams'), logdir, { recursive: true }));
const sweep = useHub(({ logdir }) => {
  for (const [at, lr] of RATES.entries())
    for (const seed of [1, 2])
      writeRun(logdir, {
        name: `lr-${lr}-seed-${seed}`,
        losses: [1, at === 5 ? Number.NaN : 0.2 * at + 0.01 * seed],
        hparams: { lr, seed, optimizer: at % 2 === 0 ? 'adam' : 'sgd', batch: 64 },
      });
  writeRun(logdir, { name: 'own', losses: [1, 0.5], config: { lr: 0.02, optimizer: 'adam' } });
  writeRun(logdir, { name: 'without', losses: [3] });
});
const empty = useHub(({ logdir }) => writeRun(logdir, { name: 'without', losses: [3] }));
const browser = useBrowser();

async function show(url: string, hash = '', options = {}): Promise<Page> {
  const { page } = await browser.show(`${url}#hparams${hash}`, options);
  return page;
}

const tableOf = (page: Page) => page.getByRole('group', { name: 'Table of runs' });
const rowsIn = (table: Locator) => table.locator('tbody tr').allInnerTexts();
const headsIn = (table: Locator) => table.locator('thead th').allInnerTexts();

describe('the page of hyperparameters', () => {
  it("has torch's hyperparameters and metrics", async () => {
    const page = await show(torch.url);
    const table = tableOf(page);
    expect(await headsIn(table)).toEqual([
      'run',
      'lr',
      'bsize',
      'opt',
      'nesterov',
      'hparam/accuracy',
      'hparam/loss',
    ]);
    expect((await rowsIn(table)).map((text) => text.split(/\s+/))).toEqual([
      ['trial0', '0.1', '16', 'sgd', '1', '0.500', '1'],
      ['trial1', '0.01', '64', 'adam', '0', '0.600', '0.500'],
    ]);
  });

  it('leaves out what is the same in all runs, and shows it when asked to', async () => {
    const page = await show(torch.url);
    await page.getByText('columns 6 of 6').click();
    await page.getByRole('checkbox', { name: /^bsize/ }).uncheck();
    await until(async () => !(await headsIn(tableOf(page))).includes('bsize'), 'the column to go');
    await until(() => page.url().includes('without=h%3Absize'), 'the address');
    await page.getByRole('checkbox', { name: /^bsize/ }).check();
    await until(async () => (await headsIn(tableOf(page))).includes('bsize'), 'the column to come back');
  });

  it('leaves out metrics by the keyboard, which goes on with the next one', async () => {
    const page = await show(torch.url);
    const focused = page.locator(':focus');
    await page.getByRole('button', { name: 'Leave the metric hparam/accuracy out' }).press('Enter');
    await until(async () => !(await headsIn(tableOf(page))).includes('hparam/accuracy'), 'the column to go');
    expect(await focused.getAttribute('aria-label')).toBe('Leave the metric hparam/loss out');
    await focused.press('Enter');
    await until(async () => !(await headsIn(tableOf(page))).includes('hparam/loss'), 'the last column to go');
    expect(await focused.count()).toBe(1);
    expect(await focused.evaluate((one) => one.closest('[role=toolbar]') !== null)).toBe(true);
  });

  it('sorts by any column', async () => {
    const page = await show(sweep.url);
    const table = tableOf(page);
    await table.getByRole('button', { name: 'train/loss' }).click();
    await until(async () => /^lr-0.001-seed-1/.test((await rowsIn(table))[0] ?? ''), 'the lowest loss first');
    expect((await rowsIn(table)).at(-1)).toContain('NaN');
    await table.getByRole('button', { name: 'train/loss' }).click();
    await until(async () => /^lr-0.1-seed-2/.test((await rowsIn(table))[0] ?? ''), 'the highest loss first');
    expect((await rowsIn(table)).at(-1)).toContain('NaN');
  });

  it('chooses runs by a brush, which filters the runs of all pages, and follows what is typed there', async () => {
    const page = await show(sweep.url);
    const strip = page.getByRole('slider', { name: 'Chosen part of lr' });
    const box = await stillBox(strip);
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y + 1);
    await page.mouse.down();
    await page.mouse.move(x, box.y + box.height / 3);
    await page.mouse.move(x, box.y + box.height / 2);
    await page.mouse.up();
    const table = tableOf(page);
    await until(async () => (await rowsIn(table)).length === 7, 'the runs with high rates');
    expect((await rowsIn(table)).every((text) => /^(lr-0\.(03|1|3)-|own)/.test(text))).toBe(true);
    const filter = page.getByRole('textbox', { name: /Filter runs/ });
    await until(async () => (await filter.inputValue()).startsWith('lr>='), 'the filter of the runs');
    // While the pointer moves, the address says where it was a moment ago.
    const low = /^lr>=([\d.]+)/.exec(await filter.inputValue())?.[1];
    await until(() => decodeURIComponent(page.url()).includes(`brush=["h:lr",${low},`), 'the address');

    await page.reload();
    await untilDrawn(page);
    await until(async () => (await rowsIn(table)).length === 7, 'the brush of the address');
    await strip.focus();
    await page.keyboard.press('Escape');
    await until(async () => (await rowsIn(table)).length === 13, 'all runs');
    expect(await filter.inputValue()).toBe('');
    await strip.focus();
    for (let press = 0; press < 12; press++) await page.keyboard.press('ArrowDown');
    await until(async () => (await rowsIn(table)).length < 13, 'fewer runs by keyboard');
    await filter.fill('seed=1');
    await until(async () => (await rowsIn(table)).length === 6, 'what was typed instead of the brush');
    await until(() => !page.url().includes('brush='), 'the address without a brush');
    // The filter stays as long as the document.
    await filter.fill('');
  });

  it('chooses the value at the end of an axis by a drag that begins a little beyond it', async () => {
    const page = await show(sweep.url);
    const strip = page.getByRole('slider', { name: 'Chosen part of lr' });
    const box = await stillBox(strip);
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y - 6);
    await page.mouse.down();
    await page.mouse.move(x, box.y + box.height / 4, { steps: 3 });
    await page.mouse.up();
    const table = tableOf(page);
    await until(async () => (await rowsIn(table)).length < 13, 'the runs with the highest rates');
    expect((await rowsIn(table)).every((text) => /^lr-(0\.1|0\.3)-/.test(text))).toBe(true);
    await strip.focus();
    await page.keyboard.press('Escape');
    await until(async () => (await rowsIn(table)).length === 13, 'all runs');
  });

  it('keeps the heads of its sections above what scrolls below them', async () => {
    const page = await show(sweep.url, '', { width: 1024, height: 320 });
    const isCovered = await page
      .getByRole('group', { name: 'Correlations' })
      .locator('thead th')
      .first()
      .evaluate((cell) => {
        const scroller = cell.closest('.dashboard-scroll')!;
        // So far that it lies at the top, where the head of its section stays.
        scroller.scrollTop += cell.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
        const { left, top } = cell.getBoundingClientRect();
        return document.elementFromPoint(left + 20, top + 10)?.closest('.group-head') instanceof Element;
      });
    expect(isCovered).toBe(true);
  });

  it('moves axes by drag and by key, and makes them logarithmic', async () => {
    const page = await show(sweep.url);
    const axes = page.getByRole('button', { name: /^Axis / });
    const names = async () =>
      (await axes.evaluateAll((all) =>
        all
          .map((one) => ({ x: one.getBoundingClientRect().x, text: one.textContent }))
          .sort((a, b) => a.x - b.x)
          .map(({ text }) => text),
      )) as string[];
    const before = await names();
    const first = page.getByRole('button', { name: `Axis ${before[0]}, 1 ` });
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await names())[1] === before[0], 'the first axis at the second place');
    const [second, third] = [await names().then((all) => all[1]), await names().then((all) => all[2])];
    const dragged = page.getByRole('button', { name: `Axis ${second}, 2 ` });
    const target = page.getByRole('button', { name: `Axis ${third}, 3 ` });
    const [from, to] = [(await dragged.boundingBox())!, (await target.boundingBox())!];
    await page.mouse.move(from.x + from.width / 2, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x, from.y + 5);
    await page.mouse.move(to.x + to.width / 2, from.y + 5);
    await page.mouse.up();
    await until(async () => (await names())[2] === second, 'the axis where it was dragged to');
    const log = page.getByRole('button', { name: 'Logarithmic axis of lr' });
    expect(await log.getAttribute('aria-pressed')).toBe('true');
    await log.click();
    await until(async () => (await log.getAttribute('aria-pressed')) === 'false', 'a linear axis');
    await until(() => page.url().includes('linear=h%3Alr'), 'the address');
  });

  it('says how far hyperparameters go with metrics, and of how many runs', async () => {
    const page = await show(sweep.url);
    const lr = page.getByRole('group', { name: 'Correlations' }).locator('tr', { hasText: 'log lr' });
    // The loss grows with the rate; that of the two runs that diverged counts for nothing.
    await expect.poll(() => lr.innerText()).toMatch(/(0\.9\d|1\.00)\s*n = 11/);
    await page.getByRole('button', { name: 'Pearson' }).click();
    await until(() => page.url().includes('correlation=pearson'), 'the address');
    await page
      .getByRole('img', { name: /train\/loss over lr: 11 points, correlation (0\.9|1\.00)/ })
      .waitFor();
  });

  it('makes one row of runs that differ in their seeds only', async () => {
    const page = await show(sweep.url, '?by=values');
    const rows = await rowsIn(tableOf(page));
    expect(rows).toHaveLength(7);
    expect(rows[0]).toMatch(/n = 2[\s\S]*0\.0150 ± 0\.00707/);
  });

  it('says which call logs hyperparameters where there are none', async () => {
    const page = await show(empty.url);
    await page.getByText('writer.add_hparams(').waitFor();
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['dark', 400, 860],
  ] as const)('passes axe in the %s theme at %i pixels', async (theme, width, height) => {
    const page = await show(sweep.url, '', { theme, width, height });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
