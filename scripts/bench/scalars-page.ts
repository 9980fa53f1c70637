/**
 * Measures what the scalars page costs the browser, as CPU time of scripts on its main thread: the first drawing of ten long
 * curves, a new point of one of them, the pointer over them, and scrolling past a thousand cards.
 *
 *   node scripts/dist/bench/scalars-page.js [--points N] [--rounds N] [--json FILE]
 */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { CDPSession, Page } from 'playwright-core';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { untilDrawn } from '../browser/harness/until-drawn.js';
import { browserFolder, startConvscope } from '../browser/support/convscope.js';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { runName, tagName, writeLogdir } from './log-read/logdirs.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/scalars-page.js',
  purpose: 'Measures the CPU time of the scalars page with ten long curves, and with a thousand cards.',
  flags: {
    points: wholeNumber('of each of the ten curves', 1_000_000),
    rounds: wholeNumber('how often each is measured', 9),
    json: jsonFlag,
  },
});
const RUNS = 10;
const CARDS = 1000;
const SCROLLED_FRAMES = 100;
const MOVES = 60;

interface Opened {
  readonly page: Page;
  readonly logdir: string;
  /** CPU milliseconds of scripts on the main thread while `work` is done. */
  script(work: () => Promise<unknown>): Promise<number>;
  heapMegabytes(): Promise<number>;
}

/** Opens the page on a logdir of this shape. */
async function withPage(
  shape: Parameters<typeof writeLogdir>[1],
  hash: string,
  use: (opened: Opened) => Promise<BenchRow[]>,
): Promise<BenchRow[]> {
  const folder = browserFolder();
  writeLogdir(folder.logdir, shape);
  const served = await startConvscope(folder, 'serve');
  const browser = await launchBrowser();
  try {
    await until(async () => {
      const runs = await runsOf(served.url);
      return runs.length === shape.runs && runs.every(({ readToEnd }) => readToEnd);
    }, 'the hub has read the logs');
    const { page } = await openPage(browser, { width: 1440, height: 900 });
    await page.goto(`${served.url}${hash}`);
    await untilDrawn(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return await use({
      page,
      logdir: folder.logdir,
      heapMegabytes: async () => (await metric(session, 'JSHeapUsedSize')) / 1e6,
      async script(work) {
        const before = await metric(session, 'ScriptDuration');
        await work();
        return ((await metric(session, 'ScriptDuration')) - before) * 1000;
      },
    });
  } finally {
    await browser.close();
    await served.stop();
    folder.remove();
  }
}

async function metric(session: CDPSession, name: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
}

/** Changes the address of the page, and waits until what it shows then is drawn. */
async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
  await untilShown(page);
}

async function untilShown(page: Page): Promise<void> {
  await page.locator(`.card-plot[data-curves="${RUNS}"]`).first().waitFor();
  await untilDrawn(page);
}

async function longCurves({ page, logdir, script, heapMegabytes }: Opened): Promise<BenchRow[]> {
  await page.getByRole('button', { name: 'all', exact: true }).click();
  const [first, append, hover]: number[][] = [[], [], []];
  for (let round = 0; round < flags.rounds; round++) {
    await page.evaluate(() => {
      location.hash = '#scalars?smoothing=0.6&tags=nothing';
    });
    await page.locator('.card-plot').first().waitFor({ state: 'detached' });
    first!.push(await script(() => goTo(page, '#scalars?smoothing=0.6')));
  }
  const plot = page.locator('.card-plot').first();
  for (let round = 0; round < flags.rounds; round++) {
    const run = join(logdir, runName(round % RUNS));
    const [file] = readdirSync(run);
    const before = Number(await plot.getAttribute('data-points'));
    const step = flags.points + round;
    const frame = encodeFrame(
      encodeEvent({ kind: 'scalar', tag: tagName(0), step, wallTime: 1.8e9 + round, value: 0.5 }),
    );
    append!.push(
      await script(async () => {
        appendFileSync(join(run, file!), frame);
        await until(
          async () => Number(await plot.getAttribute('data-points')) > before,
          'the new point is drawn',
        );
      }),
    );
    const box = (await plot.boundingBox())!;
    const moved = await script(async () => {
      for (let move = 0; move < MOVES; move++)
        await page.mouse.move(box.x + 60 + 4 * move, box.y + box.height / 2);
    });
    hover!.push(moved / MOVES);
    await page.mouse.move(5, 5);
  }
  const curves = `${RUNS} curves of ${flags.points.toLocaleString('en-US')} points`;
  return [
    benchRow({ name: `${curves}: first drawn`, unit: 'ms', ours: first!, wanted: 150 }),
    benchRow({ name: `${curves}: a new point`, unit: 'ms', ours: append!, wanted: 25 }),
    benchRow({ name: `${curves}: a move of the pointer`, unit: 'ms', ours: hover! }),
    benchRow({ name: `${curves}: heap`, unit: 'MB', ours: [await heapMegabytes()], wanted: 60 }),
  ];
}

async function manyCards({ page, script, heapMegabytes }: Opened): Promise<BenchRow[]> {
  const scrolled: number[] = [];
  for (let round = 0; round < flags.rounds; round++) {
    const cost = await script(() =>
      page.evaluate(async (frames) => {
        const box = document.querySelector('.card-groups');
        for (let frame = 0; frame < frames; frame++) {
          if (box !== null) box.scrollTop += 60;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }, SCROLLED_FRAMES),
    );
    scrolled.push(cost / SCROLLED_FRAMES);
  }
  return [
    benchRow({ name: `${CARDS} cards: a frame of scrolling`, unit: 'ms', ours: scrolled, wanted: 16 }),
    benchRow({ name: `${CARDS} cards: heap`, unit: 'MB', ours: [await heapMegabytes()], wanted: 60 }),
  ];
}

report(
  'scalars-page',
  [
    ...(await withPage({ runs: RUNS, tags: 1, steps: flags.points }, '#scalars', longCurves)),
    ...(await withPage({ runs: 1, tags: CARDS, steps: 100 }, '#scalars', manyCards)),
  ],
  flags.json,
);
