/** What a hub takes from the start of its process until it has served every point of a logdir. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API } from '@convscope/shared/protocol/addresses.js';
import { SERIES_LIMITS, type Series } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { killNow } from '#server/testing/process.js';
import { type Product, startProduct, type TestFolder } from '#server/testing/product.js';
import { runsOf } from '#server/testing/runs-of.js';
import { startWatcher } from '../../robustness/monitor.js';
import { type LogdirShape, tagName } from './logdirs.js';
import { peakMegabytes } from './peak-memory.js';

const WITHIN_MS = 180_000;
/** As for the peer. On two cores whoever asks more often slows down what it measures. */
const LOOK_AGAIN_MS = 20;
const QUIET_MS = 1500;

export interface Measured {
  /** From the start of the process to the last point of the last series. */
  readonly milliseconds: number;
  /** Resident memory at most, in MB (10⁶ bytes). */
  readonly peakMb: number;
}

/** One chart: a tag of every run. */
export interface ChartMeasured {
  readonly milliseconds: readonly number[];
  readonly bytes: number;
}

/**
 * The cache of the folder decides whether this is a first start.
 * @param options.charts how many charts are asked for afterwards
 * @param options.exact every point is served, instead of what charts of 1,000 pixels can show
 * @param options.indexes a folder: afterwards the hub gets the time to write there what it keeps of the logs
 */
export async function measureHub(
  folder: Pick<TestFolder, 'logdir' | 'env'>,
  shape: LogdirShape,
  {
    charts = 0,
    exact = false,
    indexes,
  }: { readonly charts?: number; readonly exact?: boolean; readonly indexes?: string } = {},
): Promise<Measured & { readonly chart: ChartMeasured }> {
  const began = performance.now();
  const hub = await startProduct(folder, 'serve');
  try {
    await untilRead(hub, shape);
    await fetchEverySeries(hub, shape, exact);
    const milliseconds = performance.now() - began;
    const chart = await measureChart(hub, charts);
    if (indexes !== undefined) await untilQuiet(indexes);
    return { milliseconds, peakMb: peakMegabytes(hub.pid), chart };
  } finally {
    killNow(hub.pid);
    await hub.ended;
  }
}

/** Starts a hub, so that the code which it compiles while it reads and answers is in that folder. */
export async function keepCode(
  folder: Pick<TestFolder, 'logdir' | 'env'>,
  shape: LogdirShape,
  code: string,
): Promise<void> {
  const hub = await startProduct(folder, 'serve');
  await untilRead(hub, shape);
  await fetchEverySeries(hub, shape, false);
  await hub.stop();
  if (!existsSync(code)) throw new Error(`The hub has not kept its code in ${code}.`);
}

/** Waits until the files of a folder, if there is one, have not grown for a while. */
async function untilQuiet(folder: string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  let [size, since] = [-1, performance.now()];
  while (performance.now() - since < QUIET_MS && performance.now() < deadline) {
    await delay(LOOK_AGAIN_MS);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
    const now = sizes.reduce((sum, one) => sum + one, 0);
    if (now !== size) [size, since] = [now, performance.now()];
  }
}

export interface AnswersMeasured {
  /** From the start of the process to the first answer, which waits until the hub has loaded its code, in milliseconds. */
  readonly first: number;
  /** How long the answers after it take while the hub reads, in milliseconds at the 99th percentile. */
  readonly p99: number;
}

/** Nothing is read before the first answer. */
export async function answersWhileReading(
  folder: Pick<TestFolder, 'logdir' | 'env'>,
  shape: LogdirShape,
): Promise<AnswersMeasured> {
  const watcher = await startWatcher();
  const began = performance.now();
  const hub = await startProduct(folder, 'serve');
  try {
    await runsOf(hub.url);
    const first = performance.now() - began;
    const monitor = watcher.watch(hub.pid, hub.port);
    await untilRead(hub, shape, 50);
    return { first, p99: (await monitor.stop()).p99 };
  } finally {
    await watcher.stop();
    killNow(hub.pid);
    await hub.ended;
  }
}

async function untilRead(hub: Product, shape: LogdirShape, lookAgainMs = LOOK_AGAIN_MS): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    const runs = await runsOf(hub.url);
    if (runs.length === shape.runs && runs.every(({ readToEnd }) => readToEnd)) return;
    await delay(lookAgainMs);
  }
  throw new Error(`The hub had not read every run after ${WITHIN_MS / 1000} s:\n${hub.output()}`);
}

/**
 * One request for every series, as a page asks for all charts at once.
 * @param exact every point, instead of what charts of 1,000 pixels can show
 * @throws when a series lacks a point
 */
async function fetchEverySeries(hub: Product, shape: LogdirShape, exact: boolean): Promise<void> {
  const { series } = await ask(hub, exact ? { points: String(SERIES_LIMITS.points) } : {});
  const points = (one: Series) => (exact && one.kind === 'points' ? one.values.length : one.total);
  const whole = series.filter((one) => one.total === shape.steps && points(one) === shape.steps);
  if (whole.length !== shape.runs * shape.tags)
    throw new Error(`${whole.length} of ${shape.runs * shape.tags} series are whole.`);
}

async function ask(hub: Product, query: Readonly<Record<string, string>>) {
  const answer = await fetch(`${hub.url}${API.series}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`The hub answers ${answer.status}: ${await answer.text()}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { series, refused } = decodeSeries(bytes);
  if (refused[0] !== undefined) throw new Error(`The hub refuses: ${refused[0].reason}`);
  return { bytes: bytes.length, series };
}

async function measureChart(hub: Product, charts: number): Promise<ChartMeasured> {
  const milliseconds: number[] = [];
  let bytes = 0;
  for (let chart = 0; chart < charts; chart++) {
    const began = performance.now();
    ({ bytes } = await ask(hub, { tag: tagName(chart) }));
    milliseconds.push(performance.now() - began);
  }
  return { milliseconds, bytes };
}
