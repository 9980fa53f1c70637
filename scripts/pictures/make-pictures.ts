/**
 * Makes the pictures of README and docs again.
 *
 *   node scripts/dist/pictures/make-pictures.js [--logdir DIR] [--only lab|run|scalars]
 *
 * The pictures of the lab need nothing but the built page. Those of the run page show the newest run of DIR (./runs),
 * the one of training all of them. That of the scalars page shows a sweep of its own.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { startHub } from '#server/hub/start-hub.js';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { untilDrawn } from '../browser/harness/until-drawn.js';
import { browserFolder, ROOT, startConvscope } from '../browser/support/convscope.js';
import { startStaticSite } from '../browser/support/static-site.js';
import { oneOf, readCommandLine, text } from '../command-line.js';
import { writeSweep } from './sweep.js';

/** File in docs/pictures, and the lab's state. */
const LAB: readonly (readonly [file: string, hash: string])[] = [
  ['worked-example.png', '#lab'],
  ['stride-2.png', '#lab?sh=2&sw=2&x=1'],
  ['padding-1.png', '#lab?ph=1&pw=1'],
  ['floor.png', '#lab?h=6&w=6&sh=2&sw=2&ph=1&pw=1&y=1&x=1'],
  ['dilation-2.png', '#lab?ph=1&pw=1&dh=2&dw=2'],
  ['conv2d-3-6-3.png', '#lab?ci=3&co=6&h=32&w=32&in=picture&k=random&bias=1&y=10&x=12&o=2'],
  ['depthwise.png', '#lab?ci=3&co=3&g=3&h=28&w=28&kh=11&kw=11&ph=5&pw=5&in=picture&k=blur&y=12&x=12&o=1'],
  ['refusal.png', '#lab?p=same&sh=2&sw=2'],
];

const { flags } = readCommandLine({
  run: 'node scripts/dist/pictures/make-pictures.js',
  purpose: 'Makes the pictures of README and docs again.',
  flags: {
    logdir: text('DIR', 'the runs that the run page shows, the newest first', './runs'),
    only: oneOf(['lab', 'run', 'scalars'], 'only the pictures of this page'),
  },
});
const docs = join(ROOT, 'docs');

async function lab(browser: Browser): Promise<void> {
  mkdirSync(join(docs, 'pictures'), { recursive: true });
  const site = await startStaticSite();
  for (const [file, hash] of LAB) {
    const { page, close } = await openPage(browser, { width: 1440, height: 800 });
    await page.goto(`${site.url}${hash}`);
    await page.locator('.lab-grid canvas').first().waitFor();
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.locator('.lab-main').screenshot({ path: join(docs, 'pictures', file) });
    await close();
  }
  await site.close();
}

async function run(browser: Browser): Promise<void> {
  const hub = await startHub({ logdir: resolve(flags.logdir), port: 0 });
  for (const [file, theme, query] of [
    ['run.png', 'light', 'layer=conv1'],
    ['run-dark.png', 'dark', 'layer=conv2'],
  ] as const) {
    const { page, close } = await openPage(browser, { width: 1440, height: 900, theme });
    await page.goto(`${hub.url}#run?${query}`);
    await untilDrawn(page);
    await page.locator('.findings', { hasNotText: 'still being read' }).waitFor();
    await page.screenshot({ path: join(docs, file) });
    if (theme === 'light')
      await page.locator('.timeline').screenshot({ path: join(docs, 'pictures', 'training.png') });
    await close();
  }
  await hub.close();
}

async function scalars(browser: Browser): Promise<void> {
  const folder = browserFolder();
  writeSweep(folder.logdir);
  const hub = await startConvscope(folder, 'serve');
  const { page, close } = await openPage(browser, { width: 1440, height: 900, theme: 'dark' });
  await until(
    async () => (await runsOf(hub.url)).every(({ readToEnd }) => readToEnd),
    'the hub has read the logs',
  );
  await page.goto(`${hub.url}#scalars`);
  await page.locator('.card-place').first().waitFor();
  await untilDrawn(page);
  await page.screenshot({ path: join(docs, 'scalars.png') });
  await close();
  await hub.stop();
  folder.remove();
}

const PICTURES = { lab, run, scalars };
const browser = await launchBrowser();
for (const [name, make] of Object.entries(PICTURES))
  if (flags.only === undefined || flags.only === name) await make(browser);
await browser.close();
