/**
 * Pages look as on the committed pictures. After a change that is meant to be seen, look at the pages, and write new pictures with
 * `node scripts/dist/gallery/run.js DIR --update`.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { holdConnection, withholdData } from '../gallery/conditions.js';
import { continueTraining, ENDED_RUNS, writeEndedLogs, writeUsualLogs } from '../gallery/logs.js';
import { SCENES, THEMES } from '../gallery/scenes.js';
import { difference, readPng, smallPicture } from '../gallery/small-picture.js';
import { goTo } from './harness/go-to.js';
import { ROOT } from './support/convscope.js';
import { useBrowser, useHub } from './support/test-browser.js';

/** The share of a page that may differ: times of day, ages and fonts. A card that is missing is more. */
const TOLERANCE = 0.005;

const hub = useHub(({ logdir }) => writeUsualLogs(logdir));
/** Without runs at first. */
const changingHub = useHub(() => undefined);
const browser = useBrowser();

const committed = (name: string) => readFileSync(join(ROOT, 'scripts/gallery/pictures', `${name}.png`));

const compared = SCENES.filter(({ isCompared }) => isCompared === true);

/** Compares both themes. The theme is switched in the open page: to show it once more in the other takes four times as long. */
async function expectPictures(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    const expected = await readPng(page, committed(`${name}-${theme}`));
    await expect
      .poll(async () => difference(await smallPicture(page), expected), { message: `${name}, ${theme}` })
      .toBeLessThan(TOLERANCE);
  }
}

it.each(compared.filter(({ logs, condition }) => logs === 'usual' && condition === undefined))(
  '$name looks as on its pictures, light and dark',
  async ({ name, hash }) => {
    const { page } = await browser.show(`${hub.url}${hash}`, { theme: 'light' });
    await expectPictures(page, name);
  },
);

it.each(['loading', 'error'] as const)('pages look as on their pictures in the state %s', async (state) => {
  const { page } = await browser.open(`${hub.url}#lab`, { before: (page) => withholdData(page, state) });
  for (const { name, hash } of compared.filter(({ condition }) => condition === state)) {
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await expectPictures(page, name);
  }
});

it('pages look as on their pictures without runs, and with runs that have ended, that go on, and whose hub is away', async () => {
  let takeAway = (): Promise<void> => Promise.resolve();
  const { logdir } = changingHub.folder;
  onTestFinished(() => {
    for (const run of readdirSync(logdir)) rmSync(join(logdir, run), { recursive: true });
  });
  const { page } = await browser.open(`${changingHub.url}#scalars`, {
    before: async (page) => {
      takeAway = await holdConnection(page);
    },
  });
  const [empty, ...more] = compared.filter(({ logs }) => logs === 'empty');
  expect(more).toEqual([]);
  await expectPictures(page, empty!.name);
  writeEndedLogs(logdir);
  await until(async () => (await runsOf(changingHub.url)).length === ENDED_RUNS, 'the runs');
  // Runs that are there when the page is opened raise no alert on it.
  await page.reload();
  const scenesIn = (condition?: 'live' | 'lost') =>
    compared.filter((scene) => scene.logs === 'ended' && scene.condition === condition);
  for (const { name, hash, condition } of [...scenesIn(), ...scenesIn('live')]) {
    if (condition === 'live') continueTraining(logdir);
    await goTo(page, hash);
    await expectPictures(page, name);
  }
  // What is shown when the hub goes away stays as it is.
  await goTo(page, scenesIn('lost')[0]!.hash);
  await takeAway();
  for (const { name, hash } of scenesIn('lost')) {
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await expectPictures(page, name);
  }
});

it.each([
  ['a card that is missing', '.card-place:first-child { visibility: hidden }'],
  ['a list of runs that has moved', '.run-list { translate: 24px }'],
  ['a page of other colours', ':root { filter: grayscale(1) brightness(0.85) }'],
  ['larger letters', 'body { zoom: 1.05 }'],
])('%s is a difference', async (_what, css) => {
  // The document keeps the smoothing that another test has chosen.
  const { page } = await browser.show(`${hub.url}#scalars?smoothing=auto`);
  const expected = await readPng(page, committed('scalars-light'));
  await expect.poll(async () => difference(await smallPicture(page), expected)).toBeLessThan(TOLERANCE);
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, css);
  const changed = await smallPicture(page);
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  expect(difference(changed, expected)).toBeGreaterThan(TOLERANCE);
});

it('a small picture has the mean of each square', async () => {
  const { page } = await browser.show(`${hub.url}#scalars`);
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, at) => (at % 3 === 0 ? Math.floor(at / 3) : 100));
  const png = encodePng(pixels, 5, 3, 3, (bytes) => deflateSync(bytes));
  expect(await readPng(page, png, 2)).toEqual({
    width: 2,
    height: 1,
    // (0 + 1 + 5 + 6) / 4 and (2 + 3 + 7 + 8) / 4.
    pixels: Uint8Array.of(3, 100, 100, 5, 100, 100),
  });
});
