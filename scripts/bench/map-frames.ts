/**
 * Measures how maps are drawn: from a key or a move of the pointer to the drawn frame of a run with 500 captures, and what
 * grids of 64 to 4,096 maps cost to update, to recolour, to scroll and to zoom.
 *
 *   node scripts/dist/bench/map-frames.js [--rounds N] [--only NAME] [--json FILE]
 */
import type { Page } from 'playwright-core';
import { until } from '#server/testing/until.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { browserFolder, startConvscope } from '../browser/support/convscope.js';
import { oneOf, readCommandLine, wholeNumber } from '../command-line.js';
import { writeMapsLog } from './map-frames/maps-logs.js';
import { type AskedStep, lags, latencies, quantile, WatchedPage } from './map-frames/watched-page.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const KINDS = ['scrub', 'grids'] as const;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/map-frames.js',
  purpose: 'Measures the frames of maps: scrubbing through 500 captures, and grids of up to 4,096 maps.',
  flags: {
    rounds: wholeNumber('how often each is measured', 3),
    only: oneOf(KINDS, 'only measure this'),
    json: jsonFlag,
  },
});

const CAPTURES = 500;
const EVERY = 10;
const KEYS = 40;
const MOVES = 97;
/** Places of the strip that are tried to know where its steps lie. */
const CALIBRATED = 24;
const HASH = `#run?run=scrub&layer=conv1&step=${EVERY}`;
const SCROLLED_FRAMES = 60;
const TAG = 'conv1/preactivation';
const SHOWN_WITHIN_MS = 180_000;
/** [maps, side of each]. Maps of a single pixel are drawn as bars, not as a grid. */
const GRIDS = [
  [64, 32],
  [256, 16],
  [1024, 8],
  [4096, 8],
  [4096, 2],
  [16, 512],
] as const;
/** Captures of the grids' runs. */
const STEPS = [0, 10, 20, 30];

/** Serves a logdir that `write` fills, and opens a page for each of the hashes in turn. */
async function withPages(
  write: (logdir: string) => void,
  hashes: readonly string[],
  use: (watched: WatchedPage, index: number) => Promise<BenchRow[]>,
): Promise<BenchRow[]> {
  const folder = browserFolder();
  write(folder.logdir);
  const served = await startConvscope(folder, 'serve');
  const browser = await launchBrowser();
  const rows: BenchRow[] = [];
  try {
    await until(async () => {
      const runs = (await (await fetch(new URL('api/runs', served.url))).json()) as { readToEnd: boolean }[];
      return runs.length > 0 && runs.every(({ readToEnd }) => readToEnd);
    }, 'the hub has read the logs');
    for (const [index, hash] of hashes.entries()) {
      const { page, close } = await openPage(browser, { width: 1440, height: 900 });
      await page.goto(`${served.url}${hash}`);
      await untilShown(page);
      rows.push(...(await use(await WatchedPage.of(page), index)));
      await close();
    }
  } finally {
    await browser.close();
    await served.stop();
    folder.remove();
  }
  return rows;
}

/**
 * Waits until the maps of the step are drawn and their limits are known. That the hub has judged all channels is not waited
 * for: with thousands of channels it takes longer than any measurement.
 */
async function untilShown(page: Page): Promise<void> {
  const isShown = (tag: string) => window.__convscope?.settled === true && tag in window.__convscope.drawn;
  await page.waitForFunction(isShown, TAG, { timeout: SHOWN_WITHIN_MS });
}

const STRIP = '[role=slider][aria-label=Step]';

/** The step that the page is asked for. */
const chosenStep = (page: Page) =>
  page.evaluate((selector) => Number(document.querySelector(selector)?.ariaValueNow), STRIP);

/** Presses a key again and again, each time when the step before has been drawn. */
async function pressKeys(watched: WatchedPage, key: string): Promise<number[]> {
  const { page } = watched;
  const frames = await watched.watchFrames(TAG);
  const asked: AskedStep[] = [];
  for (let press = 0; press < KEYS; press++) {
    const before = await chosenStep(page);
    await page.evaluate(() => {
      addEventListener('keydown', ({ timeStamp }) => Object.assign(window, { pressedAt: timeStamp }), {
        once: true,
        capture: true,
      });
    });
    await page.keyboard.press(key);
    const step = before + (key === 'ArrowRight' ? EVERY : -EVERY);
    await page.waitForFunction(([tag, wanted]) => window.__convscope?.drawn[tag]?.step === wanted, [
      TAG,
      step,
    ] as const);
    const at = await page.evaluate(() => (window as unknown as { pressedAt: number }).pressedAt);
    asked.push({ step, at });
  }
  return latencies(asked, await frames());
}

interface Dragged {
  readonly asked: readonly AskedStep[];
  readonly latencies: readonly number[];
  readonly lags: readonly number[];
  readonly restsAfter: number;
}

/** Where a step lies on the strip: x = left + step · scale, in CSS pixels. */
interface StripScale {
  readonly left: number;
  readonly scale: number;
}

/** Fits the scale to the steps that the strip chooses at some places. */
async function scaleOf({ page }: WatchedPage): Promise<StripScale> {
  const box = (await page.locator(STRIP).boundingBox())!;
  const found: { step: number; x: number }[] = [];
  for (let place = 0; place < CALIBRATED; place++) {
    const x = box.x + box.width * (0.08 + (0.8 * place) / CALIBRATED);
    await page.mouse.click(x, box.y + box.height / 2);
    await untilShown(page);
    found.push({ step: await chosenStep(page), x });
  }
  const mean = (of: (one: (typeof found)[number]) => number) =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  const [step, x] = [mean((one) => one.step), mean((one) => one.x)];
  const scale =
    mean((one) => (one.step - step) * (one.x - x)) / mean((one) => (one.step - step) * (one.step - step));
  return { left: x - step * scale, scale };
}

/** Drags the playhead over the captures from one to another, with a move to the next one in every frame. */
async function drag(
  watched: WatchedPage,
  { left, scale }: StripScale,
  steps: readonly number[],
): Promise<Dragged> {
  const { page } = watched;
  const box = (await page.locator(STRIP).boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(left + steps[0]! * scale, y);
  await page.mouse.down();
  await untilShown(page);
  const frames = await watched.watchFrames(TAG);
  const moves = steps.slice(1).map((step) => ({ step, x: left + step * scale }));
  const asked = await page.evaluate(
    async ([places, top, selector]) => {
      const strip = document.querySelector(selector);
      const done: { step: number; at: number }[] = [];
      for (const { step, x } of places) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        done.push({ step, at: performance.now() });
        strip?.dispatchEvent(
          new PointerEvent('pointermove', {
            ...{ bubbles: true, pointerId: 1, pointerType: 'mouse', buttons: 1, clientX: x, clientY: top },
          }),
        );
      }
      return done;
    },
    [moves, y, STRIP] as const,
  );
  const rest = asked.at(-1)!;
  await page.waitForFunction(([tag, step]) => window.__convscope?.drawn[tag]?.step === step, [
    TAG,
    rest.step,
  ] as const);
  await untilShown(page);
  await page.mouse.up();
  const drawn = await frames();
  const restsAfter = latencies([rest], drawn)[0] ?? Number.NaN;
  return { asked, latencies: latencies(asked, drawn), lags: lags(asked, drawn), restsAfter };
}

async function scrub(watched: WatchedPage, scale: StripScale): Promise<BenchRow[]> {
  const { page } = watched;
  const [right, left, cold, warm]: [number[], number[], Dragged[], Dragged[]] = [[], [], [], []];
  let keysCpu = 0;
  let dragCpu = 0;
  for (let round = 0; round < flags.rounds; round++) {
    const first = 10 + Math.floor(((CAPTURES - MOVES - 20) / Math.max(1, flags.rounds)) * round);
    const steps = Array.from({ length: MOVES + 1 }, (_, move) => (first + move) * EVERY);
    dragCpu += await watched.cpu(async () => {
      cold.push(await drag(watched, scale, steps));
    });
    warm.push(await drag(watched, scale, steps.toReversed()));
    await page.mouse.move(5, 5);
    keysCpu += await watched.cpu(async () => {
      right.push(...(await pressKeys(watched, 'ArrowRight')));
      left.push(...(await pressKeys(watched, 'ArrowLeft')));
    });
  }
  const rowsOf = (name: string, drags: readonly Dragged[]): BenchRow[] => {
    const shares = drags.map((one) => (100 * one.latencies.length) / one.asked.length);
    const all = drags.flatMap((one) => one.latencies);
    const lag = drags.flatMap((one) => one.lags);
    return [
      benchRow({ name: `${name}: steps drawn`, unit: '%', ours: shares }),
      benchRow({ name: `${name}: move → its frame, p50`, unit: 'ms', ours: [quantile(all, 0.5)] }),
      benchRow({
        name: `${name}: move → its frame, p95`,
        unit: 'ms',
        ours: [quantile(all, 0.95)],
        wanted: 33,
      }),
      benchRow({
        name: `${name}: move → a frame as far, p95`,
        unit: 'ms',
        ours: [quantile(lag, 0.95)],
        wanted: 33,
      }),
      benchRow({ name: `${name}: rest → its frame`, unit: 'ms', ours: drags.map((one) => one.restsAfter) }),
    ];
  };
  const keys = [...right, ...left];
  return [
    benchRow({ name: 'key → frame, p50', unit: 'ms', ours: [quantile(keys, 0.5)] }),
    benchRow({ name: 'key → frame, p95', unit: 'ms', ours: [quantile(keys, 0.95)], wanted: 33 }),
    benchRow({
      name: 'key: CPU of the main thread',
      unit: 'ms',
      ours: [keysCpu / (2 * KEYS * flags.rounds)],
    }),
    ...rowsOf('cold drag', cold),
    benchRow({
      name: 'cold drag: CPU of the main thread',
      unit: 'ms/move',
      ours: [dragCpu / (MOVES * flags.rounds)],
    }),
    ...rowsOf('drag back', warm),
  ];
}

/** Sets the address and waits until the output is drawn anew. */
async function redraw(page: Page, hash: string): Promise<number> {
  return page.evaluate(
    ([next, tag]) =>
      new Promise<number>((resolve) => {
        const count = window.__convscope?.drawn[tag]?.count;
        const begun = performance.now();
        location.hash = next;
        const look = () => {
          const drawn = window.__convscope?.drawn[tag];
          if (drawn !== undefined && drawn.count !== count)
            resolve(drawn.at - performance.timeOrigin - begun);
          else setTimeout(look, 1);
        };
        look();
      }),
    [hash, TAG] as const,
  );
}

async function grid(watched: WatchedPage, [maps, side]: (typeof GRIDS)[number]): Promise<BenchRow[]> {
  const { page } = watched;
  const hash = await page.evaluate(() => location.hash);
  const at = (change: string) => `${hash.replace(/&step=\d+/, '')}&${change}`;
  const [update, recolour, zoom, scroll]: [number[], number[], number[], number[]] = [[], [], [], []];
  const cpu = { update: 0, recolour: 0, zoom: 0 };
  // All captures have been decoded when each has been shown once. The first is shown already, and would not be drawn anew.
  for (const step of STEPS.slice(1)) {
    await redraw(page, at(`step=${step}`));
    await untilShown(page);
  }
  for (let round = 0; round < flags.rounds; round++) {
    for (const step of STEPS)
      cpu.update += await watched.cpu(async () => update.push(await redraw(page, at(`step=${step}`))));
    for (const high of STEPS.map((_, index) => 1 + index * 0.25 + round * 0.01))
      cpu.recolour += await watched.cpu(async () =>
        recolour.push(await redraw(page, at(`step=${STEPS.at(-1)}&output-limits=0,${high}`))),
      );
    for (const level of [3, 5, 4, 2])
      cpu.zoom += await watched.cpu(async () =>
        zoom.push(await redraw(page, at(`step=${STEPS.at(-1)}&zoom=${level}`))),
      );
    await redraw(page, at(`step=${STEPS.at(-1)}&zoom=4&lock=channel`));
    scroll.push(
      (await watched.cpu(() =>
        page.evaluate(async (frames) => {
          const box = document.querySelector('.pane.output .map-scroll');
          for (let frame = 0; frame < frames; frame++) {
            if (box !== null) box.scrollTop += 90;
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
          if (box !== null) box.scrollTop = 0;
        }, SCROLLED_FRAMES),
      )) / SCROLLED_FRAMES,
    );
  }
  const name = `${maps.toLocaleString('en-US')} maps of ${side}×${side}`;
  const count = STEPS.length * flags.rounds;
  const row = (what: string, ours: readonly number[], wanted?: number) =>
    benchRow({ name: `${name}: ${what}`, unit: 'ms', ours, ...(wanted === undefined ? {} : { wanted }) });
  return [
    row('another step → frame', update, 33),
    row('another step, CPU', [cpu.update / count]),
    row('other limits → frame', recolour, 33),
    row('other limits, CPU', [cpu.recolour / count]),
    row('another zoom → frame', zoom, 33),
    row('another zoom, CPU', [cpu.zoom / count]),
    row('a frame of scrolling, CPU', scroll, 16),
  ];
}

const rows: BenchRow[] = [];
if (flags.only !== 'grids') {
  let scale: StripScale = { left: 0, scale: 1 };
  const layers = [
    { name: 'conv1', channels: 64, side: 32 },
    { name: 'conv2', channels: 32, side: 16 },
  ];
  rows.push(
    ...(await withPages(
      (logdir) => writeMapsLog(logdir, { run: 'scrub', captures: CAPTURES, every: EVERY, probes: 4, layers }),
      [HASH, HASH],
      async (watched, index) => {
        // The second page has loaded none of the captures yet.
        if (index > 0) return scrub(watched, scale);
        scale = await scaleOf(watched);
        return [];
      },
    )),
  );
}
if (flags.only !== 'scrub') {
  rows.push(
    ...(await withPages(
      (logdir) => {
        for (const [channels, side] of GRIDS) {
          const layers = [{ name: 'conv1', channels, side }];
          const run = `grid-${channels}-${side}`;
          writeMapsLog(logdir, { run, captures: STEPS.length, every: EVERY, probes: 1, layers });
        }
      },
      GRIDS.map(([maps, side]) => `#run?run=grid-${maps}-${side}&layer=conv1&step=0`),
      (watched, index) => grid(watched, GRIDS[index]!),
    )),
  );
}
report('map-frames', rows, flags.json);
