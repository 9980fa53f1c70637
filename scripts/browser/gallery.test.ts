/**
 * Pages look as on the committed pictures. After a change that is meant to be seen, look at the pages, and write new pictures with
 * `node scripts/dist/gallery/run.js DIR --update`.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { holdConnection, withholdData } from '../gallery/conditions.js';
import { continueTraining, ENDED_RUNS, writeEndedLogs, writeUsualLogs } from '../gallery/logs.js';
import { SCENES, THEMES, type Theme } from '../gallery/scenes.js';
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

const committed = (name: string) =>
  readPng(readFileSync(join(ROOT, 'scripts/gallery/pictures', `${name}.png`)));

const compared = SCENES.filter(({ isCompared }) => isCompared === true);

/** Compares both themes. The theme is switched in the open page: to show it once more in the other takes four times as long. */
async function expectPictures(page: Page, name: string, themes: readonly Theme[] = THEMES): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    const expected = committed(`${name}-${theme}`);
    await expect
      .poll(async () => difference(await smallPicture(page), expected), { message: `${name}, ${theme}` })
      .toBeLessThan(TOLERANCE);
  }
}

it.each(
  compared
    .filter(({ logs, condition }) => logs === 'usual' && condition === undefined)
    // Every other scene begins with the theme that the one before it ends with, since to switch is to draw all anew.
    .map(({ name, hash }, at) => ({ name, hash, themes: at % 2 === 0 ? THEMES : THEMES.toReversed() })),
)('$name looks as on its pictures, light and dark', async ({ name, hash, themes }) => {
  const { page } = await browser.show(`${hub.url}${hash}`, { theme: themes[0]! });
  await expectPictures(page, name, themes);
});

it('pages look as on their pictures while the hub answers nothing, and when it answers errors', async () => {
  const { page } = await browser.open(`${hub.url}#lab`, { before: (page) => withholdData(page, 'loading') });
  for (const state of ['loading', 'error'] as const) {
    if (state === 'error') {
      await page.unrouteAll();
      await withholdData(page, 'error');
      await page.reload();
    }
    for (const { name, hash } of compared.filter(({ condition }) => condition === state)) {
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
      await expectPictures(page, name);
    }
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

it('a card that is missing, a list of runs that has moved, other colours and larger letters are differences', async () => {
  // The document keeps the smoothing that another test has chosen.
  const { page } = await browser.show(`${hub.url}#scalars?smoothing=auto`);
  const expected = committed('scalars-light');
  await expect.poll(async () => difference(await smallPicture(page), expected)).toBeLessThan(TOLERANCE);
  for (const css of [
    '.card-place:first-child { visibility: hidden }',
    '.run-list { translate: 24px }',
    ':root { filter: grayscale(1) brightness(0.85) }',
    'body { zoom: 1.05 }',
  ]) {
    await page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, css);
    const changed = await smallPicture(page);
    await page.evaluate(() => {
      document.adoptedStyleSheets = [];
    });
    expect(difference(changed, expected), css).toBeGreaterThan(TOLERANCE);
  }
});
