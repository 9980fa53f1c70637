/**
 * Gives TensorBoard the files that the robustness suite gives a hub, to compare: does it live, how long does it take to
 * answer, how much memory does it take.
 *
 *   node scripts/dist/robustness/tensorboard.js TENSORBOARD [--full] [--slow] [--only TEXT] [--json FILE]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, killNow, startProcess, type TestProcess } from '#server/testing/process.js';
import { testFolder } from '#server/testing/product.js';
import { onOff, readCommandLine, required, text } from '../command-line.js';
import type { FileKind } from './file-kind.js';
import { healthyFile } from './hostile-events.js';
import { ALL_FILES, writeFiles } from './kinds.js';
import { peakOf, startWatcher } from './monitor.js';
import { askHub, HEALTHY_POINTS, writeRun } from './scene.js';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** It says that it has read a healthy run; what the other file does to it may come later. */
const AFTER_MS = 5_000;

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/robustness/tensorboard.js',
  purpose: 'Gives TensorBoard the files that the robustness suite gives a hub, and measures it likewise.',
  words: { TENSORBOARD: required('the tensorboard command') },
  flags: {
    full: onOff('in full size'),
    slow: onOff('with its reader in Python instead of the one in Rust'),
    only: text('TEXT', 'only kinds whose name contains this'),
    json: text('FILE', 'write the results to this file as well'),
  },
});

const watcher = await startWatcher();
const tried = [];
console.log(`${'kind'.padEnd(22)}    size  survived  p50 ms  p99 ms  worst ms  peak MB  healthy run after s`);
for (const kind of ALL_FILES.filter(({ name }) => name.includes(flags.only ?? ''))) {
  const one = await tryFiles(kind);
  tried.push(one);
  console.log(
    [
      one.kind.padEnd(22),
      String(one.size).padStart(7),
      (one.survived ? 'yes' : 'NO').padStart(9),
      ...[one.p50, one.p99, one.worst, one.peakMb].map((n, i) => n.toFixed(0).padStart([7, 7, 9, 8][i]!)),
      one.healthyAfter === null ? 'never' : one.healthyAfter.toFixed(1),
    ].join(' '),
  );
}
await watcher.stop();
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(tried, undefined, 1)}\n`);

async function tryFiles(kind: FileKind) {
  const size = flags.full ? kind.full : kind.small;
  const folder = testFolder();
  mkdirSync(folder.logdir);
  await writeFiles(folder.logdir, kind, size);
  await writeRun(folder.logdir, 'healthy', [healthyFile(HEALTHY_POINTS)]);
  const args = ['--logdir', folder.logdir, '--port', '0', '--host', '127.0.0.1'];
  const server = startProcess([...args, '--load_fast', String(!flags.slow)], { node: words.TENSORBOARD });
  try {
    const [, port] = await server.prints(/http:\/\/[\w.]+:(\d+)\//);
    const began = performance.now();
    const monitor = watcher.watch(server.pid, Number(port), { path: '/data/environment' });
    const healthyAfter = await readHealthy(server, Number(port), began);
    await delay(AFTER_MS);
    const readers = childrenOf(server.pid);
    const survived = !server.hasExited() && (flags.slow || readers.length > 0);
    const ofReaders = readers.map(({ pid }) => peakOf(pid) ?? 0).reduce((a, b) => a + b, 0);
    const measured = await monitor.stop();
    const peakMb = (measured.peakMb ?? 0) + ofReaders;
    return { kind: kind.name, size, survived, healthyAfter, ...measured, peakMb };
  } finally {
    for (const { pid } of childrenOf(server.pid)) killNow(pid);
    killNow(server.pid);
    await server.ended;
    folder.remove();
  }
}

/** Seconds until the healthy run is there; null when it has not come. */
async function readHealthy(server: TestProcess, port: number, began: number): Promise<number | null> {
  const query = new URLSearchParams({ run: 'healthy', tag: 'loss' });
  while (performance.now() - began < WITHIN_MS && !server.hasExited()) {
    const answer = await askHub(port, `/data/plugin/scalars/scalars?${query}`).catch(() => undefined);
    if (answer?.status === 200) {
      const points: unknown = JSON.parse(answer.body.toString());
      if (Array.isArray(points) && points.length === HEALTHY_POINTS)
        return (performance.now() - began) / 1000;
    }
    await delay(LOOK_EVERY_MS);
  }
  return null;
}
