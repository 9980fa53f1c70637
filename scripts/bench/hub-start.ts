/**
 * Measures how long the hub takes from the start of its process to the first page, to the first list of runs and to
 * the first live socket, and how much memory it holds then, on a small logdir. One process runs after another.
 *
 *   node scripts/dist/bench/hub-start.js [--rounds N] [--logdir DIR] [--json FILE]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import { io } from 'socket.io-client';
import { freePort, type TestProcess } from '#server/testing/process.js';
import { startCommand, testFolder } from '#server/testing/product.js';
import { runsOf } from '#server/testing/runs-of.js';
import { readCommandLine, text, wholeNumber } from '../command-line.js';
import { benchRow, jsonFlag, report } from './report.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/hub-start.js',
  purpose: 'Measures the start of the hub: first page, runs read, live socket, memory.',
  flags: {
    rounds: wholeNumber('how often it is started', 7),
    logdir: text('DIR', 'a logdir to serve instead of 5 runs × 5 tags × 200 steps'),
    json: jsonFlag,
  },
});

const folder = testFolder();
const logdir = flags.logdir ?? smallLogdir(folder.logdir);
const measured: Measurement[] = [];
try {
  for (let round = 0; round < flags.rounds; round++) measured.push(await measure());
} finally {
  folder.remove();
}
report(
  'hub-start',
  [
    benchRow({ name: 'first page', unit: 'ms', ours: measured.map(({ page }) => page) }),
    benchRow({ name: 'all runs read', unit: 'ms', ours: measured.map(({ runs }) => runs) }),
    benchRow({ name: 'live socket', unit: 'ms', ours: measured.map(({ socket }) => socket) }),
    benchRow({ name: 'memory', unit: 'MB', ours: measured.map(({ rssMb }) => rssMb) }),
  ],
  flags.json,
);

interface Measurement {
  /** Milliseconds from the start of the process. */
  readonly page: number;
  readonly runs: number;
  readonly socket: number;
  /** Resident memory after all of that, in MB (10⁶ bytes). */
  readonly rssMb: number;
}

async function measure(): Promise<Measurement> {
  const port = await freePort();
  const began = performance.now();
  const hub = startCommand({ logdir, env: folder.env }, 'serve', ['--port', String(port)]);
  const since = () => Math.round(performance.now() - began);
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilAnswered(url, hub);
    const page = since();
    let read = -1;
    for (let before = -2; read !== before || read <= 0; ) {
      before = read;
      const runs = await runsOf(url);
      read = runs.reduce((sum, { lastStep }) => sum + lastStep + 1, 0);
    }
    const runs = since();
    const live = io(`${url}${LIVE_NAMESPACE}`, { transports: ['websocket'] });
    await new Promise((resolve) => live.once('runs', resolve));
    const socket = since();
    const rssMb = residentMegabytes(hub.pid);
    live.disconnect();
    return { page, runs, socket, rssMb };
  } finally {
    hub.child.kill();
    await hub.exited;
  }
}

async function untilAnswered(url: string, hub: TestProcess): Promise<void> {
  for (;;) {
    if (hub.hasExited()) throw new Error(`The hub ended before it answered:\n${hub.output()}`);
    try {
      await (await fetch(url)).text();
      return;
    } catch {
      // Not listening yet.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1024) / 1e6);
}

function smallLogdir(root: string): string {
  for (let run = 0; run < 5; run++) {
    mkdirSync(join(root, `run${run}`), { recursive: true });
    const frames = [encodeFrame(encodeFileVersion(1.7e9))];
    for (let step = 0; step < 200; step++) {
      for (let tag = 0; tag < 5; tag++) {
        const value = Math.exp(-step / 50) + tag;
        frames.push(
          encodeFrame(
            encodeEvent({ kind: 'scalar', tag: `loss/${tag}`, step, wallTime: 1.7e9 + step, value }),
          ),
        );
      }
    }
    writeFileSync(join(root, `run${run}`, 'events.out.tfevents.1700000000.bench.1.0'), Buffer.concat(frames));
  }
  return root;
}
