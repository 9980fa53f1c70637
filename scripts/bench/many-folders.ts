/**
 * Measures how soon a line that another program writes reaches a page, in a logdir of many folders of which a few grow,
 * and what following so many costs.
 *
 *   node scripts/dist/bench/many-folders.js [--folders N] [--growing N] [--lines N] [--json FILE]
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import type { LiveRows } from '@convscope/shared/protocol/live.js';
import { io, type Socket } from 'socket.io-client';
import { startProduct, testFolder } from '#server/testing/product.js';
import { runsOf } from '#server/testing/runs-of.js';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { benchRow, jsonFlag, report } from './report.js';

const FILE = 'events.out.tfevents.1700000000.bench.1.0';
/** Between two lines, so that each is a change of its own. */
const PAUSE_MS = 20;
/** Asking more often would take time from the reading. */
const LOOK_AGAIN_MS = 100;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/many-folders.js',
  purpose: 'Measures how soon a line reaches a page when the logdir has many folders.',
  flags: {
    folders: wholeNumber('folders with a run', 5000),
    growing: wholeNumber('of which grow', 20),
    lines: wholeNumber('lines that are written', 500),
    json: jsonFlag,
  },
});

const folder = testFolder();
try {
  writeRuns();
  // The last in the order of names, which are found last.
  const growing = Array.from({ length: flags.growing }, (_, i) => nameOf(flags.folders - 1 - i));
  const began = performance.now();
  const hub = await startProduct(folder, 'serve');
  try {
    await untilAllRead(hub.url);
    const readMs = performance.now() - began;
    const socket = io(`${hub.url.slice(0, -1)}${LIVE_NAMESPACE}`, { transports: ['websocket'] });
    await new Promise((resolve) => socket.once('runs', resolve));
    await socket.emitWithAck('watch', { runs: growing, mapsOf: null, tags: [] });
    const before = cpuSeconds(hub.pid);
    const measured = performance.now();
    const latencies = await writeLines(socket, growing);
    const busy = (cpuSeconds(hub.pid) - before) / ((performance.now() - measured) / 1000);
    socket.disconnect();
    const sorted = latencies.toSorted((a, b) => a - b);
    const quantile = (part: number) => [
      sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!,
    ];
    report(
      'many-folders',
      [
        benchRow({ name: 'line on disk → socket', unit: 'ms', ours: latencies }),
        benchRow({ name: 'line on disk → socket, p95', unit: 'ms', ours: quantile(0.95), wanted: 250 }),
        benchRow({ name: 'line on disk → socket, p99', unit: 'ms', ours: quantile(0.99) }),
        benchRow({ name: 'start → all runs read', unit: 'ms', ours: [readMs] }),
        benchRow({ name: 'share of a core meanwhile', unit: '%', ours: [busy * 100] }),
        benchRow({ name: 'memory', unit: 'MB', ours: [residentMegabytes(hub.pid)] }),
      ],
      flags.json,
    );
  } finally {
    await hub.stop();
  }
} finally {
  folder.remove();
}

function nameOf(run: number): string {
  return `group${String(run % 50).padStart(2, '0')}/run${String(run).padStart(5, '0')}`;
}

function row(step: number): Uint8Array {
  const wallTime = Date.now() / 1000;
  return encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime, value: 1 / (step + 1) }));
}

function writeRuns(): void {
  const head = Buffer.concat([encodeFrame(encodeFileVersion(1.7e9)), row(0), row(1)]);
  for (let run = 0; run < flags.folders; run++) {
    const directory = join(folder.logdir, nameOf(run));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, FILE), head);
  }
}

async function untilAllRead(url: string): Promise<void> {
  for (;;) {
    const runs = await runsOf(url);
    if (runs.length === flags.folders && runs.every(({ readToEnd }) => readToEnd)) return;
    await delay(LOOK_AGAIN_MS);
  }
}

/** Writes one line after the other, to the growing runs in turn. Resolves to the time that each took, in ms. */
async function writeLines(socket: Socket, runs: readonly string[]): Promise<number[]> {
  const writtenAt = new Map<string, number>();
  const latencies: number[] = [];
  let finished: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  socket.on('rows', (messages: LiveRows[]) => {
    for (const { run } of messages) {
      const at = writtenAt.get(run);
      if (at === undefined) continue;
      writtenAt.delete(run);
      latencies.push(performance.now() - at);
      if (latencies.length === flags.lines) finished();
    }
  });
  for (let line = 0; line < flags.lines; line++) {
    const run = runs[line % runs.length]!;
    // A line that is late delays the next one of its run, since both might come together.
    while (writtenAt.has(run)) await delay(1);
    writtenAt.set(run, performance.now());
    appendFileSync(join(folder.logdir, run, FILE), row(2 + line));
    await delay(PAUSE_MS);
  }
  await done;
  return latencies;
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1024) / 1e6);
}

/** CPU time of a process so far. Linux counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
