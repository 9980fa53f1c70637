/**
 * Photographs every page in every state, light and dark, wide and narrow, and writes an index of the pictures.
 *
 *   node scripts/dist/gallery/run.js DIR [--only TEXT] [--width N] [--theme NAME] [--update]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import type { Browser, Page } from 'playwright-core';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { screenshot } from '../browser/harness/screenshot.js';
import { untilDrawn } from '../browser/harness/until-drawn.js';
import { browserFolder, type Convscope, ROOT, startConvscope } from '../browser/support/convscope.js';
import { oneOf, onOff, readCommandLine, required, text } from '../command-line.js';
import { holdConnection, withholdData } from './conditions.js';
import { continueTraining, writeEndedLogs, writeManyLogs, writeUsualLogs } from './logs.js';
import { THEMES as ALL_THEMES, type Logs, SCENES, type Scene } from './scenes.js';
import { settled, smallPicture } from './small-picture.js';

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/gallery/run.js',
  purpose: 'Photographs every page in every state.',
  words: { DIR: required('where the pictures go') },
  flags: {
    only: text('TEXT', 'only scenes with this in their names'),
    width: oneOf(['1440', '400'], 'only this width, in CSS pixels'),
    theme: oneOf(['light', 'dark'], 'only this theme'),
    update: onOff('only what the test compares, and write its pictures again'),
  },
});
const COMPARED_WIDTH = 1440;
const WIDTHS = flags.update
  ? [COMPARED_WIDTH]
  : flags.width === undefined
    ? [1440, 400]
    : [Number(flags.width)];
const THEMES = flags.theme === undefined ? ALL_THEMES : [flags.theme];
const HEIGHT = 900;

interface Served {
  readonly hub: Convscope;
  readonly logdir: string;
  stop(): Promise<void>;
}

async function serve(logs: Logs): Promise<Served> {
  const folder = browserFolder();
  if (logs === 'usual') writeUsualLogs(folder.logdir);
  if (logs === 'many') writeManyLogs(folder.logdir);
  if (logs === 'ended') writeEndedLogs(folder.logdir);
  const hub = await startConvscope(folder, 'serve');
  await until(async () => {
    return (await runsOf(hub.url)).every(({ readToEnd }) => readToEnd);
  }, 'the hub has read the logs');
  return {
    hub,
    logdir: folder.logdir,
    async stop() {
      await hub.stop();
      folder.remove();
    },
  };
}

/** Puts the page into the state of the scene. */
async function arrange(page: Page, { hash, condition, logs }: Scene, { hub, logdir }: Served): Promise<void> {
  await withholdData(page, condition);
  const takeAway = condition === 'lost' ? await holdConnection(page) : undefined;
  if (condition === 'live' && logs === 'ended') continueTraining(logdir);
  await page.goto(`${hub.url}${hash}`);
  // A page that gets no data never says that it is complete: it is photographed when its frame has been drawn.
  if (condition === 'loading' || condition === 'error' || logs === 'empty') {
    await page.getByRole('main').first().waitFor();
    await page.waitForTimeout(1000);
    return;
  }
  await untilDrawn(page);
  if (condition === 'live' && logs === 'usual') {
    continueTraining(logdir, 'sweep/lr-0.3', 200);
    await page.waitForTimeout(500);
    await untilDrawn(page);
  }
  // What the page shows of other runs comes after what it is about.
  await settled(page);
  await takeAway?.();
}

async function photograph(browser: Browser, scene: Scene, served: Served): Promise<string[]> {
  const files: string[] = [];
  for (const width of WIDTHS)
    for (const theme of THEMES) {
      const { page, close } = await openPage(browser, { width, height: HEIGHT, theme });
      try {
        await arrange(page, scene, served);
        const file = `${scene.name}-${theme}-${width}.png`;
        await screenshot(page, join(words.DIR, file));
        files.push(file);
        if (flags.update) {
          const { width: columns, height, pixels } = await smallPicture(page);
          const png = encodePng(pixels, columns, height, 3, (bytes) => deflateSync(bytes));
          await writeFile(join(ROOT, 'scripts/gallery/pictures', `${scene.name}-${theme}.png`), png);
        }
      } finally {
        await close();
      }
    }
  return files;
}

await mkdir(words.DIR, { recursive: true });
const browser = await launchBrowser();
const served = new Map<Logs, Served>();
const pictures: string[] = [];
try {
  for (const scene of SCENES) {
    if (flags.only !== undefined && !scene.name.includes(flags.only)) continue;
    if (flags.update && scene.isCompared !== true) continue;
    const logs = served.get(scene.logs) ?? (await serve(scene.logs));
    served.set(scene.logs, logs);
    try {
      pictures.push(...(await photograph(browser, scene, logs)));
      console.log(scene.name);
    } catch (error) {
      console.error(`${scene.name}: ${String(error)}`);
      process.exitCode = 1;
    }
  }
} finally {
  await browser.close();
  for (const { stop } of served.values()) await stop();
}
const figures = pictures.map(
  (file) => `<figure><img src="${file}" width="480" /><figcaption>${file}</figcaption></figure>`,
);
await writeFile(join(words.DIR, 'index.html'), `<!doctype html><title>Gallery</title>${figures.join('\n')}`);
console.log(`${pictures.length} pictures in ${words.DIR}`);
