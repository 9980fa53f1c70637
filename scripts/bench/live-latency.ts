/**
 * How long a step takes to reach the eye: from the moment the trainer states a record to the viewer's socket, and to
 * the frame that the browser has drawn. Measured while the default net trains on the same machine, and idle.
 *
 *   node scripts/dist/bench/live-latency.js [--seconds 40] [--backend wasm] [--only idle|training]
 *     [--capture-every N] [--json FILE]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
} from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES, SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import type { Conv2dDescription } from '@convscope/shared/run-description.js';
import { readIngestToken } from 'convscope/hub/token-file.js';
import { cifarDirectory } from 'convscope/trainer/data/cifar/cache.js';
import { createRunWriter } from 'convscope/writer/create-run-writer.js';
import type { Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import {
  type Convscope,
  type Folder,
  measuringFolder,
  PICTURES,
  startConvscope,
  testFolder,
  until,
} from '../browser/support/convscope.js';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    backend: { type: 'string', default: 'wasm' },
    only: { type: 'string' },
    'capture-every': { type: 'string', default: 'auto' },
    json: { type: 'string' },
  },
});
/** The whole set where it is cached; the few hundred pictures of the tests elsewhere. */
const data = existsSync(cifarDirectory()) ? cifarDirectory() : PICTURES;
const MEASURED_MS = Number(flags.seconds) * 1000;
const LAYERS = [
  ['conv1', 16, 32],
  ['conv2', 32, 16],
  ['conv3', 32, 16],
  ['conv4', 64, 8],
] as const;

function describe([name, channels, side]: (typeof LAYERS)[number]): Conv2dDescription {
  return {
    type: 'conv2d',
    name,
    inChannels: 3,
    outChannels: channels,
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    paddingMode: 'zeros',
    bias: true,
    activation: 'relu',
    inputShape: [3, side, side],
    outputShape: [channels, side, side],
    input: { from: 'probes' },
  };
}

interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

function figures(milliseconds: readonly number[]): Figures {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), count: sorted.length };
}

/** Every drawn capture of a tag, as the page notes it, with the wall time that its event states. */
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

/** Different captures of the idle run, in turn. */
const WAVES = 8;
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
  /** By the row's number. */
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

interface Measured {
  /** A loss at a viewer's socket. */
  readonly socket: Figures;
  /** Maps at a viewer's socket. */
  readonly maps: Figures;
  /** Maps on the page's screen. */
  readonly frame: Figures;
}

async function measure(kind: 'training' | 'idle', folder: Folder): Promise<Measured> {
  const training = kind === 'training';
  const convscope = training
    ? await startConvscope(folder, 'train', [
        ...['--data', data, '--backend', flags.backend],
        ...['--capture-every', flags['capture-every']],
      ])
    : await startConvscope(folder, 'serve');
  const socket = watchSocket(convscope);
  const emitting = training ? undefined : await emit(folder, convscope);
  const browser = await launchBrowser();
  const { page, close } = await openPage(browser, { width: 1440, height: 900 });
  await page.goto(convscope.url);
  await until(
    () =>
      page.evaluate(
        () =>
          window.__convscope?.settled === true && 'conv1/preactivation' in (window.__convscope.drawn ?? {}),
      ),
    'a first frame',
  );
  const frames = await watchFrames(page);
  const begun = Date.now();
  const [skipped, mapsSkipped] = [socket.latencies.length, socket.mapLatencies.length];
  await delay(MEASURED_MS);
  // A grid is drawn again when the window or the pointer asks for it: only the first frame of a capture is its latency.
  const first = new Map<number, number>();
  for (const { step, at } of (await frames()).slice(1)) first.set(step, Math.min(at, first.get(step) ?? at));
  const drawn = [...first].flatMap(([step, at]) => {
    const stated = socket.statedAt.get(step);
    return stated === undefined || stated < begun ? [] : [at - stated];
  });
  const result = {
    socket: figures(socket.latencies.slice(skipped)),
    maps: figures(socket.mapLatencies.slice(mapsSkipped)),
    frame: figures(drawn),
  };
  await emitting?.stop();
  socket.close();
  await close();
  await browser.close();
  await convscope.stop();
  return result;
}

/** A run of the default net's shapes, ten captures and fifty losses a second, without the training. */
async function emit(folder: Folder, convscope: Convscope): Promise<{ stop(): Promise<void> }> {
  const cacheDirectory = join(folder.env['XDG_CACHE_HOME'] ?? '', 'convscope');
  const token = await readIngestToken(join(cacheDirectory, 'ingest-token'));
  if (token === null) throw new Error(`The hub has left no ingest token in ${cacheDirectory}.`);
  const writer = createRunWriter({
    name: 'idle',
    logdir: folder.logdir,
    hub: { url: convscope.url.slice(0, -1), token },
    cacheDirectory,
  });
  writer.add({
    kind: 'run-start',
    tag: 'convscope/run_start',
    step: 0,
    wallTime: Date.now() / 1000,
    start: {
      version: 1,
      runUid: writer.runUid,
      name: 'idle',
      config: {},
      environment: {},
      data: {
        name: 'waves',
        synthetic: true,
        classes: [],
        trainPictures: 0,
        testPictures: 0,
        mean: [],
        std: [],
      },
      model: { name: 'waves', parameters: 0, inputShape: [3, 32, 32], layers: LAYERS.map(describe) },
      probes: [{ index: 0, label: 0 }],
      statisticsPictures: 0,
      plan: { epochs: 1, stepsPerEpoch: 1e6, totalSteps: 1e6 },
    },
  });
  // Made beforehand: this process also notes when messages arrive, and must not be busy then.
  const waves = Object.fromEntries(
    LAYERS.map(([layer, channels, side]) => [
      layer,
      Array.from({ length: WAVES }, (_, phase) =>
        Float32Array.from({ length: 8 * side * side * channels }, (_, i) => Math.sin(i * 0.37 + phase)),
      ),
    ]),
  ) as Record<(typeof LAYERS)[number][0], Float32Array[]>;
  let step = 0;
  const timer = setInterval(() => {
    writer.add({
      kind: 'scalar',
      tag: 'train/loss',
      step,
      wallTime: Date.now() / 1000,
      value: Math.exp(-step / 1000),
    });
    if (step % 5 === 0) {
      for (const [layer, channels, side] of LAYERS) {
        writer.addMaps({
          tag: `${layer}/preactivation`,
          layer,
          role: 'preactivation',
          step,
          // A copy: its buffer goes to the writer's thread.
          values: waves[layer][(step / 5) % WAVES]!.slice(),
          pictures: 8,
          height: side,
          width: side,
          channels,
          probes: [0, 1, 2, 3, 4, 5, 6, 7],
        });
      }
    }
    step++;
  }, 20);
  return {
    async stop() {
      clearInterval(timer);
      await writer.close({ acknowledgeWithinMs: 2_000 });
    },
  };
}

const results: Record<string, Measured> = {};
for (const kind of flags.only ? [flags.only as 'idle'] : (['idle', 'training'] as const)) {
  const folder = kind === 'training' ? measuringFolder() : testFolder();
  try {
    results[kind] = await measure(kind, folder);
  } finally {
    folder.remove();
  }
}
process.stdout.write('milliseconds from the statement of a record       p50    p95    p99  count\n');
for (const [kind, { socket, maps, frame }] of Object.entries(results)) {
  for (const [to, f] of [
    ['loss to the viewer’s socket', socket],
    ['maps to the viewer’s socket', maps],
    ['maps to the drawn frame', frame],
  ] as const) {
    const cells = [f.p50, f.p95, f.p99, f.count].map((value) => String(value).padStart(6)).join(' ');
    process.stdout.write(`${`${kind}, ${to}`.padEnd(46)} ${cells}\n`);
  }
}
process.stdout.write(
  'rerun 0.41, on the same kind of machine: 4.7 to the socket in the median, 8.5 at p95\n',
);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify(results, null, 2)}\n`);
