/**
 * Opens every page in an installed Firefox or WebKit: of a hub whose trainer has just trained a net, and of an exported run from
 * disk. Reports pages that are not drawn, what they complain about, and maps that are not those of Chromium.
 *
 *   node scripts/dist/check-browsers/run.js firefox
 *   xvfb-run node scripts/dist/check-browsers/run.js webkit
 */
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { messageOf } from '@convscope/shared/message-of.js';
import { exportToFile } from '#server/export/export-run.js';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { browserFolder, ROOT, startConvscope } from '../browser/support/convscope.js';
import { readCommandLine, refuse, required, text } from '../command-line.js';
import { writeUsualLogs } from '../gallery/logs.js';
import type { DrivenBrowser } from './driven-browser.js';
import { startFirefox } from './firefox.js';
import { startWebKit } from './webkit.js';

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/check-browsers/run.js',
  purpose: 'Opens every page in an installed browser other than Chromium.',
  words: { browser: required('firefox or webkit') },
  flags: { program: text('PATH', 'the browser, or its driver: firefox-esr or WebKitWebDriver') },
});

const RUN = 'net';
const LAST_STEP = 20;
/** How long a page may take to draw everything, in milliseconds. */
const PAGE_LIMIT_MS = 60_000;
const VIEWS = [
  `#run?run=${RUN}&layer=conv1&step=${LAST_STEP}`,
  `#run?run=${RUN}&layer=conv2&view=gradient`,
  `#compare?a=${RUN}@0&b=${RUN}@${LAST_STEP}&layer=conv1`,
  ...['scalars', 'images', 'distributions', 'text', 'hparams', 'summary', 'other', 'lab'].map(
    (id) => `#${id}`,
  ),
];

/**
 * What a page says of itself. Maps are those of the layers, whose size does not depend on that of the window: layer, size and a
 * checksum (FNV-1a) of the pixels.
 */
const LOOK = `
  const maps = [...document.querySelectorAll('.layer-tile canvas')].map((canvas) => {
    const { width, height } = canvas;
    let sum = 2166136261;
    for (const value of canvas.getContext('2d').getImageData(0, 0, width, height).data)
      sum = Math.imul(sum ^ value, 16777619);
    return [canvas.closest('.layer-tile').dataset.layer ?? 'input', width + '×' + height, sum >>> 0].join(' ');
  });
  const complaints = [...document.querySelectorAll('[role=alert], .is-bad')].map((one) => one.textContent.trim());
  return { complete: window.__convscope?.complete === true, complaints: complaints.filter((one) => one !== ''), maps };`;

interface Look {
  readonly complete: boolean;
  readonly complaints: readonly string[];
  readonly maps: readonly string[];
}

async function start(): Promise<DrivenBrowser> {
  if (words.browser === 'firefox') return startFirefox(flags.program);
  if (words.browser === 'webkit') return startWebKit(flags.program);
  return refuse(`"${words.browser}" is neither firefox nor webkit.`);
}

/** The page once it has drawn everything, or as it is after the limit. */
async function lookAt(browser: Pick<DrivenBrowser, 'open' | 'evaluate'>, url: string): Promise<Look> {
  // Another page first: a change of the hash alone would not load the page anew.
  await browser.open('about:blank');
  await browser.open(url);
  for (const began = performance.now(); ; await delay(200)) {
    const look = (await browser.evaluate(LOOK)) as Look;
    if (look.complete || look.complaints.length > 0 || performance.now() - began > PAGE_LIMIT_MS) return look;
  }
}

async function check(browser: DrivenBrowser, hub: string, exported: string): Promise<number> {
  const chromium = await launchBrowser();
  let bad = 0;
  try {
    const page = await chromium.newPage();
    const peer = {
      open: async (url: string) => {
        await page.goto(url);
      },
      evaluate: (body: string) => page.evaluate(`(() => {${body}})()`),
    };
    for (const place of [hub, exported])
      for (const view of VIEWS) {
        const began = performance.now();
        const look = await lookAt(browser, `${place}${view}`);
        const took = Math.round(performance.now() - began);
        const wanted = view.startsWith('#run') ? (await lookAt(peer, `${place}${view}`)).maps : look.maps;
        const others = look.maps.filter((map) => !wanted.includes(map));
        const faults = [
          ...(look.complete ? [] : ['not drawn']),
          ...look.complaints,
          ...(look.maps.length === wanted.length ? [] : [`${look.maps.length} maps, not ${wanted.length}`]),
          ...others.map((map) => `another map than Chromium's: ${map}`),
        ];
        bad += faults.length;
        const name = `${place === hub ? 'hub ' : 'file'} ${view}`;
        console.log(`${name}: ${faults.join('; ') || `drawn after ${took} ms, ${look.maps.length} maps`}`);
      }
  } finally {
    await chromium.close();
  }
  return bad;
}

const folder = browserFolder();
writeUsualLogs(folder.logdir);
const training = ['--data', 'synthetic', '--steps', `${LAST_STEP}`, '--capture-every', '10'];
const hub = await startConvscope(folder, 'train', [...training, '--capture-gradients', '--name', RUN]);
try {
  await until(async () => {
    const runs = await runsOf(hub.url);
    return runs.some(({ run, state }) => run === RUN && state === 'completed');
  }, 'the net has been trained');
  const output = join(folder.root, `${RUN}.html`);
  const clientDirectory = join(ROOT, 'client', 'dist');
  await exportToFile({ run: RUN, logdir: folder.logdir, output, clientDirectory, sized: () => undefined });
  const browser = await start();
  try {
    const bad = await check(browser, hub.url, pathToFileURL(output).href);
    if (bad > 0) process.exitCode = 1;
  } finally {
    await browser.close();
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  await hub.stop();
  folder.remove();
}
