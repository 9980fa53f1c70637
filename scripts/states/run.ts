/**
 * Makes a picture of each state of the run page, of the list of runs and of the lab, in both themes and several sizes, to be
 * looked at: trains and writes the runs, serves them, and brings the page into each state.
 *
 *   node scripts/dist/states/run.js DIR [--only TEXT] [--sizes 1440x900,400x860] [--themes light,dark]
 *
 * The file of a picture is STATE-WIDTHxHEIGHT-THEME.png.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import type { Browser } from 'playwright-core';
import { childPid } from '#server/testing/process.js';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { screenshot } from '../browser/harness/screenshot.js';
import { untilDrawn } from '../browser/harness/until-drawn.js';
import {
  type BrowserFolder,
  browserFolder,
  type Convscope,
  startConvscope,
} from '../browser/support/convscope.js';
import { startStaticSite } from '../browser/support/static-site.js';
import { readCommandLine, refuse, required, text } from '../command-line.js';
import { TRAINING, writeLiveLog, writeMany, writeStates } from './logs.js';
import { LAB_STATES, type Place, STATES, type State, type StateScene } from './states.js';

/** 512×350 is a window of 1024×700 at a zoom of 200 %. */
const SIZES = '1440x900,1024x700,650x800,512x350,400x860';

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/states/run.js',
  purpose: 'Makes a picture of each state of the run page, of the list of runs and of the lab.',
  words: { DIR: required('where the pictures go; the runs are kept there too, for the next time') },
  flags: {
    only: text('TEXT', 'only states whose name contains this'),
    sizes: text('LIST', 'sizes of the window in CSS pixels', SIZES),
    themes: text('LIST', 'light, dark or both', 'light,dark'),
  },
});

interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

function readLooks(): Look[] {
  const themes = flags.themes.split(',').map((name) => {
    if (name !== 'light' && name !== 'dark') refuse(`There is no theme "${name}".`);
    return name;
  });
  return flags.sizes.split(',').flatMap((size) => {
    const [, width, height] = /^(\d+)x(\d+)$/.exec(size) ?? [];
    if (width === undefined || height === undefined) refuse(`"${size}" is not a size such as 1440x900.`);
    return themes.map((theme) => ({ width: Number(width), height: Number(height), theme }));
  });
}

const looks = readLooks();
const directory = resolve(words.DIR);
const isWanted = ({ name }: { readonly name: string }) => name.includes(flags.only ?? '');
const fileOf = (name: string, { width, height, theme }: Look) =>
  join(directory, `${name}-${width}x${height}-${theme}.png`);

/** A hub in its place, with what states do to it. */
interface Served {
  readonly url: string;
  readonly scene: StateScene;
  stop(): Promise<void>;
}

async function serve(place: Place): Promise<Served> {
  const own = browserFolder();
  const kept = join(directory, 'runs');
  const isKept = place === 'runs' || place === 'read-only';
  if (isKept && !existsSync(kept)) await writeStates(kept);
  const folder: BrowserFolder = isKept ? { ...own, logdir: kept } : own;
  if (place === 'many') writeMany(folder.logdir);
  if (place === 'lost') writeLiveLog(folder.logdir, 'torch-live');
  const hub =
    place === 'training'
      ? await startConvscope(folder, 'train', [...TRAINING, '--name', 'training', '--epochs', '1000'])
      : await startConvscope(folder, 'serve', place === 'read-only' ? ['--read-only'] : []);
  if (place === 'training') await untilCaptured(hub);
  return {
    url: hub.url,
    scene: {
      logdir: folder.logdir,
      freeze: () => process.kill(childPid(hub, 'trainer-process'), 'SIGSTOP'),
      goOn: () => process.kill(childPid(hub, 'trainer-process'), 'SIGCONT'),
      stopHub: () => hub.stop(),
    },
    async stop() {
      await hub.stop();
      own.remove();
    },
  };
}

function untilCaptured(hub: Convscope): Promise<void> {
  return until(async () => {
    return (await runsOf(hub.url)).some(({ lastStep }) => lastStep > 20);
  }, hub.output);
}

async function take(browser: Browser, state: State, look: Look, { url, scene }: Served): Promise<void> {
  const { page, close } = await openPage(browser, look);
  try {
    state.prepare?.(scene);
    await state.before?.(page);
    await page.goto(`${url}${state.hash}`);
    if (state.isUnfinished !== true) await untilDrawn(page);
    await state.act?.(page, scene);
    await screenshot(page, fileOf(state.name, look));
  } finally {
    await close();
  }
}

/** States whose hub does not outlive their picture. */
const ONCE: ReadonlySet<Place> = new Set(['lost']);

async function takeStates(browser: Browser, place: Place): Promise<void> {
  const wanted = STATES.filter((state) => state.place === place && isWanted(state));
  if (wanted.length === 0) return;
  let served = await serve(place);
  for (const state of wanted) {
    for (const look of looks) {
      await take(browser, state, look, served).catch((error: unknown) => {
        console.error(`${fileOf(state.name, look)}: ${messageOf(error)}`);
        process.exitCode = 1;
      });
      if (!ONCE.has(place)) continue;
      await served.stop();
      served = await serve(place);
    }
    console.log(state.name);
  }
  await served.stop();
}

async function takeLab(browser: Browser): Promise<void> {
  if (flags.only !== undefined && !flags.only.includes('lab')) return;
  const site = await startStaticSite();
  for (const look of looks) {
    const { page, close } = await openPage(browser, look);
    const shown = async (name: string) => {
      await page.locator('.lab-grid canvas').first().waitFor({ state: 'attached' });
      await screenshot(page, fileOf(name, look));
    };
    for (const { name, hash } of LAB_STATES.filter(isWanted)) {
      await page.goto('about:blank');
      await page.goto(`${site.url}${hash}`);
      await shown(name);
    }
    const presets = page.locator('.lab-preset');
    for (let at = 0; at < (await presets.count()); at++) {
      const text = (await presets.nth(at).locator('b').innerText()).toLowerCase();
      const name = `lab-${text.replaceAll(/[^a-z0-9]+/g, '-')}`;
      if (!isWanted({ name })) continue;
      await presets.nth(at).click();
      await shown(name);
    }
    await close();
  }
  await site.close();
}

mkdirSync(directory, { recursive: true });
const browser = await launchBrowser();
try {
  for (const place of new Set(STATES.map((state) => state.place))) await takeStates(browser, place);
  await takeLab(browser);
} finally {
  await browser.close();
}
