/** Scrubbing: keys that are pressed again and again, and a pointer that drags the playhead over captures. */
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type BenchRow, benchRow } from '../report.js';
import {
  type AskedStep,
  lags,
  latencies,
  MAPS_TAG,
  quantile,
  untilShown,
  type WatchedPage,
} from './watched-page.js';

export const CAPTURES = 500;
export const EVERY = 10;
const KEYS = 40;
const SINGLE_KEYS = 20;
/** Between single keys: longer than two moves of one movement are apart. */
const REST_MS = 400;
const MOVES = 97;
const MOVES_PER_SECOND = 60;
/** Places of the strip that are tried to know where its steps lie. */
const CALIBRATED = 24;

const STRIP = '[role=slider][aria-label=Step]';

/** The step that the page is asked for. */
const chosenStep = (page: Page) =>
  page.evaluate((selector) => Number(document.querySelector(selector)?.ariaValueNow), STRIP);

/** Presses a key again and again, each time when the step before has been drawn. */
async function pressKeys(watched: WatchedPage, key: string): Promise<number[]> {
  const { page } = watched;
  const frames = await watched.watchFrames(MAPS_TAG);
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
      MAPS_TAG,
      step,
    ] as const);
    const at = await page.evaluate(() => (window as unknown as { pressedAt: number }).pressedAt);
    asked.push({ step, at });
  }
  return latencies(asked, await frames());
}

/** Milliseconds from single keys, which are no movement, to the frame that shows their step in the kernels as well. */
async function pressSingleKeys({ page }: WatchedPage): Promise<number[]> {
  const times: number[] = [];
  for (let press = 0; press < SINGLE_KEYS; press++) {
    await page.waitForTimeout(REST_MS);
    await untilShown(page);
    times.push(
      await page.evaluate(
        ([key, by]) =>
          new Promise<number>((resolve) => {
            const shown = () =>
              Number(document.querySelector<HTMLElement>('[data-grid=kernels]')?.dataset['step']);
            const wanted = shown() + by;
            const begun = performance.now();
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            const look = () => {
              const isThere = shown() === wanted;
              const { port1, port2 } = new MessageChannel();
              // After the frame has been painted.
              port1.onmessage = () => {
                port1.close();
                if (isThere) resolve(performance.now() - begun);
                else requestAnimationFrame(look);
              };
              port2.postMessage(undefined);
            };
            // What draws in the next frame was registered before.
            requestAnimationFrame(look);
          }),
        press % 2 === 0 ? (['ArrowRight', EVERY] as const) : (['ArrowLeft', -EVERY] as const),
      ),
    );
  }
  return times;
}

interface Dragged {
  /** Moves of the pointer that the browser was sent. It gives the page one a frame. */
  readonly moves: number;
  readonly latencies: readonly number[];
  readonly lags: readonly number[];
  readonly restsAfter: number;
}

/** Where a step lies on the strip: x = left + step · scale, in CSS pixels. */
export interface StripScale {
  readonly left: number;
  readonly scale: number;
}

/** Fits the scale to the steps that the strip chooses at some places. */
export async function scaleOf({ page }: WatchedPage): Promise<StripScale> {
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

/**
 * Drags the playhead over the captures from one to the next, as fast as frames are drawn. The moves are input of the browser,
 * at a clock of their own: those of a real pointer are in step with no frame either.
 */
async function drag(
  watched: WatchedPage,
  { left, scale }: StripScale,
  steps: readonly number[],
): Promise<Dragged> {
  const { page } = watched;
  const box = (await page.locator(STRIP).boundingBox())!;
  const y = box.y + box.height / 2;
  const placeOf = (step: number) => left + step * scale;
  await page.mouse.move(placeOf(steps[0]!), y);
  await page.mouse.down();
  await untilShown(page);
  const frames = await watched.watchFrames(MAPS_TAG);
  await page.evaluate(() => {
    const movedTo: { x: number; at: number }[] = [];
    const move = ({ clientX, timeStamp }: PointerEvent) => movedTo.push({ x: clientX, at: timeStamp });
    addEventListener('pointermove', move, { capture: true });
    Object.assign(window, { movedTo });
  });
  const begun = performance.now();
  const sent: Promise<unknown>[] = [];
  for (const [index, step] of steps.slice(1).entries()) {
    const wait = begun + (index * 1000) / MOVES_PER_SECOND - performance.now();
    if (wait > 0) await setTimeout(wait);
    sent.push(watched.movePointer(placeOf(step), y));
  }
  await Promise.all(sent);
  const moved = await page.evaluate(
    () => (window as unknown as { movedTo: { x: number; at: number }[] }).movedTo,
  );
  const asked = moved.map(({ x, at }) => ({ step: nearest(steps, (x - left) / scale), at }));
  const rest = asked.at(-1)!;
  await page.waitForFunction(([tag, step]) => window.__convscope?.drawn[tag]?.step === step, [
    MAPS_TAG,
    rest.step,
  ] as const);
  await untilShown(page);
  await page.mouse.up();
  const drawn = await frames();
  const restsAfter = latencies([rest], drawn)[0] ?? Number.NaN;
  return { moves: sent.length, latencies: latencies(asked, drawn), lags: lags(asked, drawn), restsAfter };
}

const nearest = (steps: readonly number[], place: number): number =>
  steps.reduce((best, step) => (Math.abs(step - place) < Math.abs(best - place) ? step : best));

export async function scrub(watched: WatchedPage, scale: StripScale, rounds: number): Promise<BenchRow[]> {
  const { page } = watched;
  const [right, left, cold, warm]: [number[], number[], Dragged[], Dragged[]] = [[], [], [], []];
  const single: number[] = [];
  let keysCpu = 0;
  let singleCpu = 0;
  let dragCpu = 0;
  for (let round = 0; round < rounds; round++) {
    const first = 10 + Math.floor(((CAPTURES - MOVES - 20) / Math.max(1, rounds)) * round);
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
  singleCpu += await watched.cpu(async () => single.push(...(await pressSingleKeys(watched))));
  const rowsOf = (name: string, drags: readonly Dragged[]): BenchRow[] => {
    const shares = drags.map((one) => (100 * one.latencies.length) / one.moves);
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
      ours: [keysCpu / (2 * KEYS * rounds)],
    }),
    benchRow({ name: 'single key → all panes, p50', unit: 'ms', ours: [quantile(single, 0.5)] }),
    benchRow({ name: 'single key → all panes, p95', unit: 'ms', ours: [quantile(single, 0.95)], wanted: 33 }),
    benchRow({ name: 'single key: CPU of the main thread', unit: 'ms', ours: [singleCpu / SINGLE_KEYS] }),
    ...rowsOf('cold drag', cold),
    benchRow({
      name: 'cold drag: CPU of the main thread',
      unit: 'ms/move',
      ours: [dragCpu / (MOVES * rounds)],
    }),
    ...rowsOf('drag back', warm),
  ];
}
