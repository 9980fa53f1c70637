/**
 * Measures how maps are drawn: from a key or a move of the pointer to the drawn frame of a run with 500 captures, and what
 * 64 to 4,096 maps cost to update, to recolour, to scroll, to zoom and to compare.
 *
 *   node scripts/dist/bench/map-frames.js [--rounds N] [--only NAME] [--json FILE]
 */
import type { Page } from 'playwright-core';
import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { browserFolder, startConvscope } from '../browser/support/convscope.js';
import { oneOf, readCommandLine, wholeNumber } from '../command-line.js';
import { compare, comparedGrid, comparedScrub, scrubCompared } from './map-frames/compare.js';
import { GRIDS, grid, runOf, STEPS } from './map-frames/grids.js';
import { writeMapsLog } from './map-frames/maps-logs.js';
import { CAPTURES, EVERY, type StripScale, scaleOf, scrub } from './map-frames/scrubbing.js';
import { untilCompared, untilShown, WatchedPage } from './map-frames/watched-page.js';
import { type BenchRow, jsonFlag, report } from './report.js';

const KINDS = ['scrub', 'grids', 'compare'] as const;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/map-frames.js',
  purpose:
    'Measures the frames of maps: scrubbing through 500 captures, and grids and comparisons of up to 4,096 maps.',
  flags: {
    rounds: wholeNumber('how often each is measured', 3),
    only: oneOf(KINDS, 'only measure this'),
    json: jsonFlag,
  },
});

const measures = (kind: (typeof KINDS)[number]) => flags.only === undefined || flags.only === kind;

/** Opens a page on a logdir for each of the hashes in turn. */
type WithPages = (
  hashes: readonly string[],
  isShown: (page: Page) => Promise<void>,
  use: (watched: WatchedPage, index: number) => Promise<BenchRow[]>,
) => Promise<BenchRow[]>;

/** Serves a logdir that `write` fills. */
async function withHub(
  write: (logdir: string) => void,
  measure: (withPages: WithPages) => Promise<BenchRow[]>,
): Promise<BenchRow[]> {
  const folder = browserFolder();
  write(folder.logdir);
  const served = await startConvscope(folder, 'serve');
  const browser = await launchBrowser();
  try {
    await until(async () => {
      const runs = await runsOf(served.url);
      return runs.length > 0 && runs.every(({ readToEnd }) => readToEnd);
    }, 'the hub has read the logs');
    return await measure(async (hashes, isShown, use) => {
      const rows: BenchRow[] = [];
      for (const [index, hash] of hashes.entries()) {
        const { page, close } = await openPage(browser, { width: 1440, height: 900 });
        await page.goto(`${served.url}${hash}`);
        await isShown(page);
        rows.push(...(await use(await WatchedPage.of(page), index)));
        await close();
      }
      return rows;
    });
  } finally {
    await browser.close();
    await served.stop();
    folder.remove();
  }
}

const rows: BenchRow[] = [];
if (measures('scrub') || measures('compare')) {
  const run = 'scrub';
  const layers = [
    { name: 'conv1', channels: 64, side: 32 },
    { name: 'conv2', channels: 32, side: 16 },
  ];
  rows.push(
    ...(await withHub(
      (logdir) => writeMapsLog(logdir, { run, captures: CAPTURES, every: EVERY, probes: 4, layers }),
      async (withPages) => {
        const hash = `#run?run=${run}&layer=conv1&step=${EVERY}`;
        let scale: StripScale = { left: 0, scale: 1 };
        const scrubbed = await withPages(
          measures('scrub') ? [hash, hash] : [],
          untilShown,
          async (watched, index) => {
            // The second page has loaded none of the captures yet.
            if (index > 0) return scrub(watched, scale, flags.rounds);
            scale = await scaleOf(watched);
            return [];
          },
        );
        const compared = await withPages(
          measures('compare') ? [comparedScrub(run)] : [],
          untilCompared,
          (watched) => scrubCompared(watched, flags.rounds),
        );
        return [...scrubbed, ...compared];
      },
    )),
  );
}
if (measures('grids') || measures('compare')) {
  rows.push(
    ...(await withHub(
      (logdir) => {
        for (const size of GRIDS) {
          const [channels, side] = size;
          const layers = [{ name: 'conv1', channels, side }];
          writeMapsLog(logdir, { run: runOf(size), captures: STEPS.length, every: EVERY, probes: 1, layers });
        }
      },
      async (withPages) => [
        ...(await withPages(
          measures('grids') ? GRIDS.map((size) => `#run?run=${runOf(size)}&layer=conv1&step=0`) : [],
          untilShown,
          (watched, index) => grid(watched, GRIDS[index]!, flags.rounds),
        )),
        ...(await withPages(
          measures('compare') ? GRIDS.map(comparedGrid) : [],
          untilCompared,
          (watched, index) => compare(watched, GRIDS[index]!, flags.rounds),
        )),
      ],
    )),
  );
}
report('map-frames', rows, flags.json);
