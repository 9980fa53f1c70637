/**
 * Measures what somebody who opens the page of scalars waits for, beside TensorBoard on the same logs: the first chart, the
 * pointer over a chart, scrolling, heap and scripts. Both servers have read the logs before.
 *
 *   node scripts/dist/bench/browser.js [--rounds N] [--python PATH] [--json FILE]
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { childrenOf, killNow, startProcess } from '#server/testing/process.js';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { browserFolder, startConvscope } from '../browser/support/convscope.js';
import { readCommandLine, text, wholeNumber } from '../command-line.js';
import { LOGDIRS, type LogdirShape, tagName, writeLogdir } from './log-read/logdirs.js';
import { findPeer, type Peer, pointsOf, untilWhole } from './log-read/tensorboard.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/browser.js',
  purpose: 'Measures the page of scalars in the browser, beside TensorBoard.',
  flags: {
    rounds: wholeNumber('how often each is measured', 5),
    python: text(
      'PATH',
      'a Python with TensorBoard; by default python3 or the one of npm run check-tensorboard',
    ),
    json: jsonFlag,
  },
});
const WITHIN_MS = 120_000;
const MOVES = 40;
const SCROLLED_FRAMES = 60;
const SCROLLED_PIXELS = 60;

/** A page of scalars. */
interface Site {
  readonly url: string;
  /** What is there when the first chart has its curves. */
  readonly chart: string;
}

interface Measured {
  readonly firstChartMs: number;
  readonly scriptKb: number;
  readonly heapMb: number;
  readonly hoverMs: number;
  readonly frameMs: number;
}

/** Opens the page in a profile of its own, so that nothing is cached. */
async function measure(browser: Browser, { url, chart }: Site): Promise<Measured> {
  const { page } = await openPage(browser, { width: 1440, height: 900 });
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await session.send('Network.enable');
    let scriptBytes = 0;
    const scripts = new Set<string>();
    session.on('Network.responseReceived', ({ requestId, type }) => {
      if (type === 'Script') scripts.add(requestId);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) scriptBytes += encodedDataLength;
    });
    const began = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(chart).first().waitFor({ timeout: WITHIN_MS });
    await painted(page);
    const firstChartMs = performance.now() - began;
    await page.waitForLoadState('networkidle');
    return {
      firstChartMs,
      hoverMs: await hover(page, chart),
      frameMs: await scroll(page),
      scriptKb: scriptBytes / 1000,
      heapMb: await heapMegabytes(session),
    };
  } finally {
    await page.close();
  }
}

const painted = (page: Page) =>
  page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1e6;
}

/** The median time from a move of the pointer over a chart to the frame that shows it. */
async function hover(page: Page, chart: string): Promise<number> {
  await page.evaluate(() => {
    const found: number[] = [];
    Reflect.set(globalThis, 'hoverTimes', found);
    addEventListener(
      'pointermove',
      ({ timeStamp }) =>
        requestAnimationFrame(() => setTimeout(() => found.push(performance.now() - timeStamp))),
      { capture: true },
    );
  });
  const box = await page.locator(chart).first().boundingBox();
  if (box === null) throw new Error(`${chart} is not on the screen.`);
  for (let move = 0; move < MOVES; move++) {
    await page.mouse.move(box.x + box.width * (0.2 + (0.6 * move) / MOVES), box.y + box.height / 2);
    await painted(page);
  }
  return page.evaluate(() => {
    const times: number[] = Reflect.get(globalThis, 'hoverTimes');
    return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  });
}

/** The 95th percentile of the time between frames while what has most to scroll is scrolled. */
function scroll(page: Page): Promise<number> {
  return page.evaluate(
    async ({ frames, pixels }) => {
      const room = (element: Element) =>
        /auto|scroll/.test(getComputedStyle(element).overflowY)
          ? (element.scrollHeight - element.clientHeight) * element.clientWidth
          : 0;
      const box = [...document.querySelectorAll('*')].sort((a, b) => room(b) - room(a))[0];
      const times: number[] = [];
      let before = performance.now();
      for (let frame = 0; frame < frames; frame++) {
        if (box !== undefined) box.scrollTop += pixels;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = performance.now();
        times.push(now - before);
        before = now;
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
    },
    { frames: SCROLLED_FRAMES, pixels: SCROLLED_PIXELS },
  );
}

async function withTensorBoard<T>(
  { python }: Peer,
  logdir: string,
  shape: LogdirShape,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  const args = ['-m', 'tensorboard.main', '--logdir', logdir, '--port', '0', '--host', '127.0.0.1'];
  const server = startProcess(args, { node: python });
  try {
    const [, base] = await server.prints(/(http:\/\/[\w.]+:\d+)\//);
    await untilWhole(server, base!, tagName(0), shape, pointsOf(shape, false));
    // Its charts are drawn by WebGL, or as paths where there is none.
    const chart = 'scalar-card line-chart .series-view';
    return await use({ url: `${base}/#timeseries`, chart });
  } finally {
    for (const { pid } of childrenOf(server.pid)) killNow(pid);
    killNow(server.pid);
    await server.ended;
  }
}

async function untilRead(url: string, runs: number): Promise<void> {
  await until(async () => {
    const all = await runsOf(url);
    return all.length === runs && all.every(({ readToEnd }) => readToEnd);
  }, 'the hub has read the logs');
}

async function rowsOf(name: string, shape: LogdirShape, peer: Peer | undefined): Promise<BenchRow[]> {
  const folder = browserFolder();
  writeLogdir(folder.logdir, shape);
  const served = await startConvscope(folder, 'serve');
  const browser = await launchBrowser();
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  try {
    await untilRead(served.url, shape.runs);
    const site = { url: `${served.url}#scalars`, chart: '.card-plot:not([data-curves="0"])' };
    const rounds = async (other?: Site) => {
      for (let round = 0; round < flags.rounds; round++) {
        ours.push(await measure(browser, site));
        if (other !== undefined) theirs.push(await measure(browser, other));
      }
    };
    if (peer === undefined) await rounds();
    else await withTensorBoard(peer, folder.logdir, shape, rounds);
  } finally {
    await browser.close();
    await served.stop();
    folder.remove();
  }
  const row = (what: string, unit: string, of: (one: Measured) => number, wanted?: number) =>
    benchRow({
      name: `${name}: ${what}`,
      unit,
      ours: ours.map(of),
      peer: theirs.length === 0 ? undefined : theirs.map(of),
      ...(wanted === undefined ? {} : { wanted }),
    });
  return [
    row('first chart', 'ms', ({ firstChartMs }) => firstChartMs, 600),
    row('pointer to frame', 'ms', ({ hoverMs }) => hoverMs, 100),
    row('frame while scrolling, 95th percentile', 'ms', ({ frameMs }) => frameMs),
    row('heap', 'MB', ({ heapMb }) => heapMb, 60),
    row('scripts, as sent', 'kB', ({ scriptKb }) => scriptKb),
  ];
}

const peer = await findPeer(flags.python);
console.log(peer === undefined ? 'No TensorBoard was found: name a Python by --python.' : peer.name);
report(
  'browser',
  [
    ...(await rowsOf('10 runs × 10 tags × 10,000', LOGDIRS['1m'], peer)),
    ...(await rowsOf('500 runs × 5 tags × 200', LOGDIRS['runs-500'], peer)),
    ...(await rowsOf('1 run × 1,000 tags × 100', { runs: 1, tags: 1000, steps: 100 }, peer)),
  ],
  flags.json,
);
