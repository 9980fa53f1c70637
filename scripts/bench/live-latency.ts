/**
 * Measures how long a step takes to reach the viewer: from the moment the trainer states a record to the viewer's
 * socket, and to the frame that the browser has drawn, on an idle machine and while the default net trains on it.
 *
 *   node scripts/dist/bench/live-latency.js [--seconds N] [--backend NAME] [--only NAME] [--capture-every N] [--json FILE]
 */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import type { LiveClientEvents, LiveServerEvents } from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES, SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import type { Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { PICTURES } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';
import { BACKEND_NAMES } from '#server/tfjs/backend.js';
import { cifarDirectory } from '#server/trainer/data/cifar/cache.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import {
  type BrowserFolder,
  browserFolder,
  type Convscope,
  measuringFolder,
  startConvscope,
} from '../browser/support/convscope.js';
import { oneOf, positiveNumber, readCommandLine, text } from '../command-line.js';
import { emitIdleRun } from './idle-run.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const KINDS = ['idle', 'training'] as const;
type Kind = (typeof KINDS)[number];

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/live-latency.js',
  purpose: "Measures the way from a stated record to the viewer's socket and to the drawn frame.",
  flags: {
    seconds: positiveNumber('how long is measured', 40),
    backend: oneOf(BACKEND_NAMES, 'the backend that trains', 'wasm'),
    only: oneOf(KINDS, 'only measure this'),
    'capture-every': text('STEPS', 'steps between two captures, or auto', 'auto'),
    json: jsonFlag,
  },
});
/** The whole data set when it is cached, else the few hundred pictures of the tests. */
const data = existsSync(cifarDirectory()) ? cifarDirectory() : PICTURES;
const MEASURED_MS = flags.seconds * 1000;
/** Collects every drawn capture of conv1 in the page: its step, and the wall time when it was drawn. */
async function watchFrames(page: Page): Promise<() => Promise<{ step: number; at: number }[]>> {
  await page.evaluate(() => {
    const seen: { step: number; at: number }[] = [];
    let last = -1;
    setInterval(() => {
      const drawn = window.__convscope?.drawn?.['conv1/preactivation'];
      if (!drawn || drawn.count === last) return;
      last = drawn.count;
      seen.push({ step: drawn.step, at: drawn.at });
    }, 10);
    Object.assign(window, { seenFrames: seen });
  });
  return () =>
    page.evaluate(() => (window as unknown as { seenFrames: { step: number; at: number }[] }).seenFrames);
}

const MAPS = 'conv1/preactivation';

/** Latencies of the newest loss of every live message and of the maps, and when each capture was stated. */
function watchSocket(convscope: Convscope): {
  latencies: number[];
  mapLatencies: number[];
  statedAt: Map<number, number>;
  close(): void;
} {
  const socket: Socket<LiveServerEvents, LiveClientEvents> = io(
    `${convscope.url.slice(0, -1)}${LIVE_NAMESPACE}`,
    {
      transports: ['websocket'],
    },
  );
  const latencies: number[] = [];
  const mapLatencies: number[] = [];
  /** When each map record was stated, by row number. */
  const statedRows = new Map<number, number>();
  const statedAt = new Map<number, number>();
  const watched = new Set<string>();
  const watch = (runs: readonly { run: string }[]) => {
    for (const { run } of runs) watched.add(run);
    const mapsOf = [...watched].at(-1) ?? null;
    socket.emit('watch', { runs: [...watched], mapsOf, tags: [MAPS] }, () => undefined);
  };
  socket.on('runs', ({ runs }) => watch(runs));
  socket.on('changed', ({ runs }) => {
    if (runs.some(({ run }) => !watched.has(run))) watch(runs);
  });
  socket.on('blob', ({ run, tag, row }) => {
    const stated = statedRows.get(row);
    if (stated !== undefined) mapLatencies.push(Date.now() - stated);
    socket.emit('credit', { run, tag });
  });
  socket.on('rows', (messages) => {
    const now = Date.now();
    for (const { tag, kind, start, bytes } of messages) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (tag === MAPS && kind === 'channels') {
        for (let at = 0; at + BLOB_ROW_BYTES <= bytes.byteLength; at += BLOB_ROW_BYTES) {
          const stated = view.getFloat64(at + 8, true) * 1000;
          statedAt.set(view.getFloat64(at, true), stated);
          statedRows.set(start + at / BLOB_ROW_BYTES, stated);
        }
      } else if (tag === 'train/loss') {
        const at = bytes.byteLength - SCALAR_ROW_BYTES;
        latencies.push(now - view.getFloat64(at + 8, true) * 1000);
      }
    }
  });
  return { latencies, mapLatencies, statedAt, close: () => socket.disconnect() };
}

/** Milliseconds from the statement of a record. */
interface Measured {
  /** A loss at a viewer's socket. */
  readonly socket: readonly number[];
  /** Maps at a viewer's socket. */
  readonly maps: readonly number[];
  /** Maps on the page's screen. */
  readonly frame: readonly number[];
}

async function measure(kind: Kind, folder: BrowserFolder): Promise<Measured> {
  const training = kind === 'training';
  const convscope = training
    ? await startConvscope(folder, 'train', [
        ...['--data', data, '--backend', flags.backend],
        ...['--capture-every', flags['capture-every']],
      ])
    : await startConvscope(folder, 'serve');
  const socket = watchSocket(convscope);
  const emitting = training ? undefined : await emitIdleRun(folder, convscope);
  const browser = await launchBrowser();
  const { page, close } = await openPage(browser, { width: 1440, height: 900 });
  await page.goto(convscope.url);
  await until(
    () => page.evaluate((maps) => maps in (window.__convscope?.drawn ?? {}), MAPS),
    'a first frame',
  );
  const frames = await watchFrames(page);
  const begun = Date.now();
  const [skipped, mapsSkipped] = [socket.latencies.length, socket.mapLatencies.length];
  await delay(MEASURED_MS);
  // A grid is redrawn for the window and the pointer as well. Only the first frame of a capture counts.
  const first = new Map<number, number>();
  for (const { step, at } of (await frames()).slice(1)) first.set(step, Math.min(at, first.get(step) ?? at));
  const drawn = [...first].flatMap(([step, at]) => {
    const stated = socket.statedAt.get(step);
    return stated === undefined || stated < begun ? [] : [at - stated];
  });
  const result = {
    socket: socket.latencies.slice(skipped),
    maps: socket.mapLatencies.slice(mapsSkipped),
    frame: drawn,
  };
  await emitting?.stop();
  socket.close();
  await close();
  await browser.close();
  await convscope.stop();
  return result;
}

function rowsOf(name: string, milliseconds: readonly number[]): BenchRow[] {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted.slice(Math.min(sorted.length - 1, Math.floor(share * sorted.length)))[0]!;
  return [
    benchRow({ name: `${name}, p50`, unit: 'ms', ours: milliseconds }),
    benchRow({ name: `${name}, p95`, unit: 'ms', ours: [at(0.95)] }),
    benchRow({ name: `${name}, p99`, unit: 'ms', ours: [at(0.99)] }),
    benchRow({ name: `${name}, measured`, unit: 'records', ours: [milliseconds.length] }),
  ];
}

const rows: BenchRow[] = [];
for (const kind of flags.only ? [flags.only] : KINDS) {
  const folder = kind === 'training' ? measuringFolder() : browserFolder();
  try {
    const { socket, maps, frame } = await measure(kind, folder);
    rows.push(
      ...rowsOf(`${kind}, loss to the viewer’s socket`, socket),
      ...rowsOf(`${kind}, maps to the viewer’s socket`, maps),
      ...rowsOf(`${kind}, maps to the drawn frame`, frame),
    );
  } finally {
    folder.remove();
  }
}
report('live-latency', rows, flags.json);
process.stdout.write(
  'rerun 0.41, on the same kind of machine: 4.7 to the socket in the median, 8.5 at p95\n',
);
