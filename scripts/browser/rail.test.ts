/** The list of runs: names, colours, filters, curves, and its width. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Request } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { rowsOf } from './support/rail-rows.js';
import { useBrowser, useHub } from './support/test-browser.js';
import { untilRead } from './support/until-read.js';
import { removeRun, type WrittenRun, writeRun } from './support/written-runs.js';

const LONG = 'longnames/exp_2026-11-27_resnet50_imagenet_lr0.1_wd1e-4_bs256_aug-randaugment_ema0.9999_fold';
const falling = (shift = 0) => Array.from({ length: 20 }, (_, i) => 1 / (i + 1) + shift);

const drawnIn = async (page: Page) =>
  (await rowsOf(page))
    .filter(({ drawn }) => drawn)
    .map(({ run }) => run)
    .sort();
const row = (page: Page, run: string) => page.locator(`.run-row[data-run="${run}"]`);
const square = (page: Page, run: string) => row(page, run).getByRole('button', { name: /^Draw the curve/ });
const filterField = (page: Page) => page.locator('#run-filter');

describe('the list of runs', () => {
  const browser = useBrowser();
  const hub = useHub(() => undefined);
  const { folder } = hub;
  const FIVE_HUNDRED = Array.from({ length: 500 }, (_, k) => ({
    name: `sweep/lr${k % 10}_seed${k}`,
    at: k,
    losses: falling(k / 500),
    hparams: { lr: (k % 10) / 1000, seed: k },
  }));
  const many = useHub(({ logdir }) => {
    for (const run of FIVE_HUNDRED) writeRun(logdir, run);
  });

  /** Has the hub serve these runs instead of others, and opens the page. `fetched`: runs of which scalars have been requested. */
  const show = async (written: readonly WrittenRun[], { hash = '' } = {}) => {
    for (const entry of readdirSync(folder.logdir)) rmSync(join(folder.logdir, entry), { recursive: true });
    for (const run of written) writeRun(folder.logdir, run);
    const names = written.map(({ name }) => name).toSorted();
    // What is newest among the runs is known when all of them have been read.
    await until(async () => {
      const runs = await runsOf(hub.url);
      return (
        runs.every(({ readToEnd }) => readToEnd) &&
        JSON.stringify(runs.map(({ run }) => run).toSorted()) === JSON.stringify(names)
      );
    }, 'the logs of these runs to be read');
    return open(hub.url, hash);
  };
  const open = async (url: string, hash: string) => {
    const fetched = new Set<string>();
    const note = (request: Request) => {
      if (!new URL(request.url()).pathname.endsWith('api/v1/series')) return;
      const { runs } = request.postDataJSON() as { readonly runs: readonly string[] };
      for (const run of runs) fetched.add(run);
    };
    const opened = await browser.open(`${url}${RESTING_PLACE}`);
    opened.page.on('request', note);
    onTestFinished(() => void opened.page.off('request', note));
    await opened.page.goto(`${url}${hash}`);
    await until(async () => (await rowsOf(opened.page)).length > 0, 'the list of runs');
    return { ...opened, fetched };
  };

  it('tells twelve long names apart at its default width, and shows each in full on hover', async () => {
    const folds = Array.from({ length: 12 }, (_, k) => ({ name: `${LONG}${k}`, losses: falling(k) }));
    const { page, assertClean } = await show(folds);
    await until(async () => (await page.locator('.run-prefix').count()) === 1, 'the common beginning');
    expect((await page.locator('.rail').boundingBox())!.width).toBe(184);
    const rows = await rowsOf(page);
    expect(rows.map(({ name }) => name).sort()).toEqual(folds.map((_, k) => `fold${k}`).sort());
    expect(await page.locator('.run-prefix').innerText()).toBe(LONG.slice(0, -'fold'.length));
    for (const { run, title, fits } of rows) {
      expect(title.split('\n')[0]).toBe(run);
      expect(fits).toBe(true);
    }
    // No two have the same colour and line.
    expect(new Set(rows.map(({ colour }) => colour)).size).toBe(12);
    expect(await axeViolations(page)).toEqual([]);

    // Beside other runs nothing is common to all, so that each name is cut by itself.
    writeRun(folder.logdir, { name: 'short', losses: falling() });
    await until(async () => (await page.locator('.run-prefix').count()) === 0, 'the run beside them');
    const mixed = await rowsOf(page);
    expect(new Set(mixed.map(({ name }) => name)).size).toBe(13);
    expect(mixed.every(({ fits }) => fits)).toBe(true);
    expect(mixed.find(({ run }) => run.endsWith('fold11'))?.name).toMatch(/^lo.*…\w*old11$/);

    // A wider list shows more of them.
    await page.getByRole('separator', { name: 'Width of the runs' }).focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
    await until(async () => (await page.locator('.rail').boundingBox())!.width > 250, 'the wider list');
    await until(async () => {
      const wider = await rowsOf(page);
      return wider.every(({ name, fits }, at) => fits && name.length >= mixed[at]!.name.length);
    }, 'longer names');
    await assertClean();
  });

  it('gives a run its colour by its name, whatever runs begin later or go', async () => {
    const names = ['adam-1e-3', 'sgd-5e-2-cosine', 'adamw-2e-3', 'sweep/seed7'];
    const { page, assertClean } = await show(names.map((name) => ({ name, losses: falling() })));
    const coloursOf = async () =>
      new Map((await rowsOf(page)).map(({ run, colour }) => [run, colour] as const));
    await until(async () => (await coloursOf()).size === 4, 'the runs');
    const first = await coloursOf();
    writeRun(folder.logdir, { name: 'aaa-before-all-others', at: 100, losses: falling() });
    removeRun(folder.logdir, 'adam-1e-3');
    await until(async () => {
      const now = await coloursOf();
      return now.has('aaa-before-all-others') && !now.has('adam-1e-3');
    }, 'one run to come and one to go');
    const then = await coloursOf();
    for (const name of names.slice(1)) expect(then.get(name)).toBe(first.get(name));
    await page.reload();
    await until(async () => (await coloursOf()).size === 4, 'the runs again');
    expect(await coloursOf()).toEqual(then);
    await assertClean();
  });

  it('filters by the configuration of every run, opened or not, and filters the curves with it', async () => {
    const { page, fetched, assertClean } = await show([
      { name: 'a', losses: falling(), config: { lr: 1e-3, optimizer: 'adam' } },
      { name: 'b', losses: falling(1), config: { lr: 0.05, optimizer: 'sgd' } },
      { name: 'c', losses: falling(2), hparams: { lr: 0.1, bsize: 16 } },
      { name: 'd', losses: falling(3) },
    ]);
    await until(async () => (await drawnIn(page)).length === 4, 'all curves');
    await page.reload();
    // None but the chosen run has been opened since.
    await filterField(page).fill('lr>1e-3');
    await until(async () => (await rowsOf(page)).length === 2, 'the filtered list');
    expect((await rowsOf(page)).map(({ run }) => run)).toEqual(['b', 'c']);
    expect(await page.locator('.rail-filter').innerText()).toContain('1 of 4 runs have no value lr.');
    expect((await drawnIn(page)).sort()).toEqual(['b', 'c']);

    await filterField(page).fill('bsize=16');
    await until(async () => (await rowsOf(page)).length === 1, 'the one run');
    expect((await rowsOf(page))[0]?.run).toBe('c');
    await filterField(page).fill('momentum>0');
    await until(
      async () => (await page.locator('.rail').innerText()).includes('No run has a value momentum'),
      'the note',
    );
    await page.keyboard.press('Escape');
    await until(async () => (await rowsOf(page)).length === 4, 'all runs');
    await expect.poll(() => [...fetched].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('says with its squares which of twelve runs are drawn, and draws any of them', async () => {
    const twelve = Array.from({ length: 12 }, (_, k) => ({
      name: `sweep/run${String(k).padStart(2, '0')}`,
      at: 100 * k,
      losses: falling(k / 10),
    }));
    const { page, fetched, assertClean } = await show(twelve, { hash: '#run?run=sweep/run11' });
    const curves = page.getByRole('group', { name: 'Curves of other runs' });
    const name = (k: number) => `sweep/run${String(k).padStart(2, '0')}`;
    await until(async () => (await rowsOf(page)).length === 12, 'twelve runs');
    // The chosen run and the seven that began last, and nothing else has been fetched.
    const newest = [4, 5, 6, 7, 8, 9, 10, 11].map(name);
    await until(async () => fetched.size === 8 && (await drawnIn(page)).length === 8, 'eight curves');
    await expect.poll(() => drawnIn(page)).toEqual(newest);
    expect([...fetched].sort()).toEqual(newest);

    await square(page, name(0)).click();
    await until(() => fetched.has(name(0)), 'the oldest run to be fetched');
    await expect.poll(() => drawnIn(page)).toEqual([name(0), ...newest]);
    // Leaving one out brings no other one in.
    await square(page, name(9)).click();
    await expect.poll(() => drawnIn(page)).toEqual([name(0), ...newest.filter((run) => run !== name(9))]);

    // Only those are listed on request; one that is left out stays, so that it can be drawn again.
    const only = page.getByRole('button', { name: 'List only the drawn runs: 7 of 11' });
    const listed = async () => (await rowsOf(page)).map(({ run }) => run);
    const eight = [name(0), ...newest.filter((run) => run !== name(9))];
    await only.click();
    await expect.poll(listed).toEqual(eight);
    await square(page, name(4)).click();
    await expect.poll(() => drawnIn(page)).toEqual(eight.filter((run) => run !== name(4)));
    expect(await listed()).toEqual(eight);
    await square(page, name(4)).click();
    await only.click();
    await expect.poll(async () => (await listed()).length).toBe(12);

    // A few of many: none, then those.
    await curves.getByRole('button', { name: 'none' }).click();
    await until(async () => (await drawnIn(page)).length === 1, 'one curve');
    await square(page, name(1)).click();
    await square(page, name(2)).click();
    await expect.poll(() => drawnIn(page)).toEqual([name(1), name(2), name(11)]);

    // Or the filter, which draws what it finds.
    await curves.getByRole('button', { name: 'newest' }).click();
    await filterField(page).fill('run0[0-3]');
    await until(async () => (await rowsOf(page)).length === 4, 'four runs');
    await expect.poll(() => drawnIn(page)).toEqual([0, 1, 2, 3].map(name));
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('says of a run without a curve that there is nothing to draw', async () => {
    const { page, assertClean } = await show(
      [
        { name: 'chosen', at: 10, losses: falling() },
        { name: 'empty', losses: [], config: { lr: 1 } },
      ],
      { hash: '#run?run=chosen' },
    );
    await until(async () => (await row(page, 'empty').locator('.swatch.empty').count()) === 1, 'the square');
    expect(await square(page, 'empty').getAttribute('title')).toContain('it has none here');
    await assertClean();
  });

  it('of five hundred runs has rows for those in view only, and every run can be reached by keyboard', async () => {
    await untilRead(many.url, 500);
    const { page, assertClean } = await open(many.url, '#run?run=sweep/lr0_seed250');
    await until(async () => (await page.locator('.rail-head').innerText()).includes('500'), '500 runs');
    // Only the rows that can be seen are in the page, and the chosen one is among them.
    expect(await page.locator('.run-row').count()).toBeLessThan(40);
    await until(async () => row(page, 'sweep/lr0_seed250').isVisible(), 'the chosen run');
    expect(await row(page, 'sweep/lr0_seed250').getAttribute('aria-setsize')).toBe('500');

    // It stays in view when the list gets lower, as it does when findings appear, unless the user scrolls elsewhere.
    const list = page.locator('.run-list');
    const isChosenInView = async () => {
      const [rowBox, listBox] = [
        await row(page, 'sweep/lr0_seed250').boundingBox(),
        await list.boundingBox(),
      ];
      if (rowBox === null || listBox === null) return false;
      return rowBox.y >= listBox.y - 1 && rowBox.y + rowBox.height <= listBox.y + listBox.height + 1;
    };
    await expect.poll(isChosenInView).toBe(true);
    await page.setViewportSize({ width: 1440, height: 420 });
    await expect.poll(async () => (await list.boundingBox())!.height).toBeLessThan(400);
    await expect.poll(isChosenInView).toBe(true);
    await list.hover();
    await page.mouse.wheel(0, -100_000);
    await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(async () => (await list.boundingBox())!.height).toBeGreaterThan(400);
    expect(await list.evaluate((element) => element.scrollTop)).toBe(0);

    const focused = () =>
      page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-run]')?.dataset['at']);
    await row(page, 'sweep/lr0_seed250').locator('.cover').focus();
    const at = Number(await focused());
    await page.keyboard.press('ArrowDown');
    await until(async () => Number(await focused()) === at + 1, 'the next run');
    await page.keyboard.press('Home');
    await until(async () => (await focused()) === '0', 'the first run');
    await page.keyboard.press('End');
    await until(async () => (await focused()) === '499', 'the last run');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toMatch(/^Draw the curve of/);
    await page.keyboard.press('PageUp');
    await until(async () => Number(await focused()) < 499, 'a run further up');
    await page.keyboard.press('Space');
    await until(
      async () => (await page.locator(':focus').getAttribute('aria-pressed')) === 'true',
      'its curve',
    );
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await until(
      async () => (await page.locator('.run-row.current').getAttribute('data-at')) === (await focused()),
      'the run to be chosen',
    );

    // A filter over the configuration of all runs, from the key to the list.
    await filterField(page).focus();
    await page.keyboard.insertText('lr>0.008 seed<100');
    await until(async () => (await rowsOf(page)).length === 10, 'the filtered list');
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });
});
