/** Runs without a hub: event files that are dropped on the page or chosen, and files that are exported. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { exportToFile } from '#server/export/export-run.js';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { ROOT } from './support/convscope.js';
import { scalars, writeLog } from './support/logs.js';
import { mapsShown, output, settled, shownStep } from './support/run-page.js';
import { copyTrainedRun, useBrowser, useHub, useStaticSite } from './support/test-browser.js';

/** What a page on a server without a hub finds out by failing. */
const NO_HUB = [/WebSocket connection/, /Failed to load resource.*40[45]/];

/** Drops files or folders of this machine on the page, as a user's file manager does. */
async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  await session.detach();
}

const browser = useBrowser();
const hub = useHub(async (folder) => {
  await copyTrainedRun(folder, 'net');
  writeLog(
    folder.logdir,
    'torch',
    [...scalars('loss', [1, 2, 3], (step) => 1 / step)],
    (record) => record.step === 2,
  );
  const file = join(folder.root, 'net.html');
  await exportToFile({
    ...{ run: 'net', logdir: folder.logdir, output: file, clientDirectory: join(ROOT, 'client', 'dist') },
    sized: () => undefined,
  });
});

describe('a page without a hub', () => {
  const site = useStaticSite();

  it('opens a folder that is dropped: maps, curves, arithmetic and gaps, and says that it is not live', async () => {
    const { page, assertClean } = await browser.open(site.url);
    await page.getByRole('heading', { name: 'No hub here' }).waitFor();
    await drop(page, [hub.folder.logdir]);
    await page.getByText('From files, not live').waitFor();
    await page.goto(`${site.url}#run?run=net&layer=conv1`);
    await until(async () => (await output(page).count()) > 0 && (await shownStep(page)) === 30, 'the maps');
    await until(() => settled(page), 'all parts');
    // In files there is nothing to archive or to delete.
    expect(await page.getByRole('button', { name: 'Archived and deleted runs' }).count()).toBe(0);

    await page.keyboard.press('ArrowLeft');
    await until(async () => (await shownStep(page)) === 20, 'the capture before');
    await output(page).click({ position: { x: 40, y: 40 } });
    await page.locator('.inspector').getByText('=').first().waitFor();

    await page.goto(`${site.url}#scalars`);
    await page.locator('.card').first().waitFor();
    await until(() => page.evaluate(() => window.__convscope?.complete === true), 'the curves');
    await assertClean(NO_HUB);
  });

  it('says so, offers to open files, opens those that are chosen, and names what is damaged in them', async () => {
    const { page, assertClean } = await browser.open(site.url);
    await page.getByRole('heading', { name: 'No hub here' }).waitFor();
    await until(
      async () => (await page.getByRole('status').allTextContents()).includes('No hub'),
      'the foot',
    );
    expect(await axeViolations(page)).toEqual([]);
    const file = join(hub.folder.logdir, 'torch', 'events.out.tfevents.1700000000.host.1.0');
    await page.getByLabel('Event files', { exact: true }).setInputFiles(file);
    await page.getByText('From files, not live').waitFor();
    await page.goto(`${site.url}#summary`);
    await page
      .locator('.summary-files')
      .getByText(/does not match its data/)
      .waitFor();
    await assertClean(NO_HUB);
  });
});

describe('the page of a hub', () => {
  it('shows files that are dropped on it, and the hub again after a reload', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=net`);
    await until(async () => (await output(page).count()) > 0, 'the maps of the hub');
    const path = join(hub.folder.root, 'notes.txt');
    writeFileSync(path, 'no log');
    await drop(page, [path]);
    await page
      .getByText(/There is no event file/)
      .first()
      .waitFor();
    await page.getByText('From files, not live').waitFor();
    await page.reload();
    await until(async () => (await output(page).count()) > 0, 'the maps of the hub again');
    expect(await page.getByText('From files, not live').count()).toBe(0);
    await assertClean();
  });

  it('saves a run from the run page, which says its size first and what cannot be chosen', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=net`);
    await until(async () => (await output(page).count()) > 0, 'the maps');
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^At most \d+\.\d MB\.$/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByLabel('Steps').fill('all of them');
    await dialog.getByText(/is neither a step nor a range of steps/).waitFor();
    await dialog.getByLabel('Steps').fill('0-10');
    await dialog.getByLabel('Layers').fill('conv1');
    await dialog.getByText(/^At most/).waitFor();
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the file' }).click();
    const saved = join(hub.folder.root, 'saved.html');
    await (await downloading).saveAs(saved);
    await assertClean([/400/]);
    const { page: opened } = await browser.open(`${pathToFileURL(saved).href}#run?layer=conv1`);
    await until(
      async () => (await output(opened).count()) > 0 && (await shownStep(opened)) === 10,
      'its maps',
    );
  });
});

describe('an exported run', () => {
  const show = (hash: string) =>
    browser.show(`${pathToFileURL(join(hub.folder.root, 'net.html')).href}${hash}`);

  it('opens from disk without a network: scrubbing, inspecting, arithmetic, curves and two captures compared', async () => {
    const { page, context, assertClean } = await browser.open('about:blank');
    await context.setOffline(true);
    const url = pathToFileURL(join(hub.folder.root, 'net.html')).href;
    await page.goto(`${url}#run?layer=conv1`);
    await until(async () => (await output(page).count()) > 0 && (await shownStep(page)) === 30, 'the maps');
    await until(() => settled(page), 'all parts');
    expect(await page.title()).toContain('net');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await shownStep(page)) === 20, 'the capture before');
    await output(page).click({ position: { x: 40, y: 40 } });
    await page.locator('.inspector').getByText('=').first().waitFor();
    await page.goto(`${url}#scalars`);
    await page.locator('.card').first().waitFor();
    await until(() => page.evaluate(() => window.__convscope?.complete === true), 'the curves');

    await page.goto(`${url}#compare?a=net@0&b=net@30&layer=conv1`);
    const difference = page.locator('canvas[data-grid=difference]');
    await until(async () => (await difference.count()) > 0, 'the difference');
    await until(async () => (await page.locator('main.compare[data-settled=true]').count()) > 0, 'all parts');
    const curve = page.getByRole('region', { name: 'Curve with the steps of A and B' });
    await until(async () => (await curve.getAttribute('data-curves')) === '1', 'the curve');
    await page.keyboard.press('ArrowLeft');
    await page.locator('canvas[data-grid=b][data-step="20"]').waitFor();
    // Channels are matched by a worker, which a page from disk cannot start.
    await page.keyboard.press('m');
    await page
      .locator('.compare-notice')
      .getByText(/Beside channel 0, B shows channel/)
      .waitFor();
    expect(await page.getByRole('region', { name: 'Layers by change' }).getByRole('button').count()).toBe(4);
    await assertClean();
    await context.setOffline(false);
  });

  it('says that its log is damaged', async () => {
    const { page } = await browser.open('about:blank');
    const whole = readFileSync(join(hub.folder.root, 'net.html'), 'utf8');
    const damaged = join(hub.folder.root, 'damaged.html');
    // The first bytes of gzip, in base64.
    writeFileSync(damaged, whole.replace('H4sI', 'AAAA'));
    await page.goto(pathToFileURL(damaged).href);
    await page
      .getByRole('alert')
      .getByText('The log in this file is damaged: export the run again.')
      .waitFor();
  });

  it('gives a grid as PNG, and maps and kernels as NumPy and CSV, from a menu that keys reach', async () => {
    const { page, assertClean } = await show('#run?layer=conv1');
    await mapsShown(page);
    const take = async (pane: string, item: RegExp) => {
      await page.getByRole('button', { name: `Take away ${pane}` }).focus();
      await page.keyboard.press('Enter');
      const menu = page.getByRole('menu', { name: `Take away ${pane}` });
      const downloading = page.waitForEvent('download');
      await menu.getByRole('menuitem', { name: item }).click();
      const download = await downloading;
      await menu.waitFor({ state: 'hidden' });
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const png = await take('the output', /grid as PNG/);
    expect(png.name).toMatch(/^conv1 output relu probe 0 step 30\.png$/);
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    const npy = await take('the output', /as NPY/);
    expect(npy.name).toMatch(/within-0\.\d+\.npy$/);
    expect(npy.bytes.toString('latin1', 0, 128)).toMatch(/^\x93NUMPY.*'<f8'.*\(16, 32, 32\)/s);
    // They are of the values that were logged, and over all pictures.
    const statistics = await take('the output', /statistics as CSV/);
    expect(statistics.name).toBe('conv1 output before ReLU step 30.statistics.csv');
    expect(statistics.bytes.toString()).toMatch(
      /^# conv1 output before ReLU, step 30, over \d+ pictures\r\n/,
    );
    const kernels = await take('the kernels', /as NPY/);
    expect(kernels.bytes.toString('latin1', 0, 128)).toMatch(/'<f4'.*\(16, 3, 3, 3\)/);
    const csv = await take('the output', /values as CSV/);
    expect(csv.bytes.toString().split('\r\n').slice(1, 3)).toEqual([
      expect.stringMatching(/quantised to 8 bits and lie within 0\.\d+/),
      'channel,y,x,value,bound',
    ]);
    await assertClean();
  });

  it('is a bare pane in the frame of a report', async () => {
    const report = join(hub.folder.root, 'report.html');
    const source = 'net.html#run?layer=conv1&amp;step=20&amp;embed=1';
    writeFileSync(report, `<iframe src="${source}" width="900" height="700"></iframe>`);
    const { page, assertClean } = await browser.open(pathToFileURL(report).href);
    const frame = page.frameLocator('iframe');
    await frame.locator('canvas[data-grid=output][data-step="20"]').waitFor();
    expect(await frame.locator('.top, .foot, .rail, .inspector').count()).toBe(0);
    const opening = page.context().waitForEvent('page');
    await frame.getByRole('button', { name: 'Open in convscope' }).click();
    const whole = await opening;
    await whole.locator('.top').waitFor();
    expect(whole.url()).toMatch(/#run\?.*step=20/);
    await whole.close();
    await assertClean();
  });

  it('becomes a bare pane when its address is changed to ask for it, and a whole page again', async () => {
    const { page, assertClean } = await show('#run?layer=conv1&step=20');
    await output(page).waitFor();
    const goTo = (query: string) =>
      page.evaluate((hash) => {
        location.hash = hash;
      }, `#run?layer=conv1&step=10&embed=${query}`);
    await goTo('1');
    await until(async () => (await shownStep(page)) === 10, 'the step of the address');
    await until(
      async () => (await page.locator('.top, .foot, .rail, .inspector').count()) === 0,
      'a bare pane',
    );
    await page.getByRole('button', { name: 'Open in convscope' }).waitFor();
    await goTo('0');
    await page.locator('.top').waitFor();
    await page.locator('.inspector').waitFor();
    expect(await page.getByRole('button', { name: 'Open in convscope' }).count()).toBe(0);
    await assertClean();
  });
});
