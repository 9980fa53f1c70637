/** TensorBoard as the peer: started as it comes, and asked for what its page would ask for. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from '@convscope/shared/zod.js';
import { userCacheDirectory } from '#server/machine/cache-directory.js';
import { childrenOf, killNow, startProcess, type TestProcess } from '#server/testing/process.js';
import { type LogdirShape, runName, tagName } from './logdirs.js';
import { peakMegabytes } from './peak-memory.js';
import type { ChartMeasured, Measured } from './served.js';

const WITHIN_MS = 180_000;
const LOOK_AGAIN_MS = 20;
/** As it comes: 1,000 points of a series. */
const SAMPLED = 1_000;
/** More than any log here holds. (0 should mean all, but gives no scalars.) */
const ALL = 1_000_000_000;

/** A Python that has TensorBoard. */
export interface Peer {
  readonly python: string;
  /** Such as `TensorBoard 2.21.0`. */
  readonly name: string;
}

/**
 * The Python that is named, or the one on the path, or the one that `npm run check-tensorboard` has made.
 * @returns undefined when none of them has TensorBoard
 * @throws Error when one is named and has none
 */
export async function findPeer(named: string | undefined): Promise<Peer | undefined> {
  const folder = join(userCacheDirectory(), 'check-tensorboard', 'tensorboard-2.21.0');
  const ofCheck =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  for (const python of named === undefined ? ['python3', ofCheck] : [named]) {
    if (python === ofCheck && !existsSync(ofCheck)) continue;
    const version = await versionIn(python);
    if (version !== undefined) return { python, name: `TensorBoard ${version}` };
  }
  if (named !== undefined) throw new Error(`${named} cannot import tensorboard.`);
  return undefined;
}

async function versionIn(python: string): Promise<string | undefined> {
  const program = 'import tensorboard; print(tensorboard.__version__)';
  try {
    return (await promisify(execFile)(python, ['-c', program])).stdout.trim();
  } catch {
    // There is no such program, or no such package.
    return undefined;
  }
}

/** How many points a series of so many steps has there. */
export const pointsOf = ({ steps }: LogdirShape, keepAll: boolean) =>
  Math.min(steps, keepAll ? ALL : SAMPLED);

/** @param options.keepAll with every point instead of 1,000 of a series */
export async function measureTensorBoard(
  { python }: Peer,
  logdir: string,
  shape: LogdirShape,
  { charts, keepAll = false }: { readonly charts: number; readonly keepAll?: boolean },
): Promise<Measured & { readonly chart: ChartMeasured }> {
  const began = performance.now();
  const args = ['-m', 'tensorboard.main', '--logdir', logdir, '--port', '0', '--host', '127.0.0.1'];
  const samples = keepAll ? ['--samples_per_plugin', `scalars=${ALL}`] : [];
  const server = startProcess([...args, ...samples], { node: python });
  try {
    const [, base] = await server.prints(/(http:\/\/[\w.]+:\d+)\//);
    const wanted = pointsOf(shape, keepAll);
    for (let tag = 0; tag < shape.tags; tag++) await untilWhole(server, base!, tagName(tag), shape, wanted);
    const milliseconds = performance.now() - began;
    const chart = await measureChart(base!, charts);
    const processes = [server.pid, ...childrenOf(server.pid).map(({ pid }) => pid)];
    const peakMb = processes.reduce((sum, pid) => sum + peakMegabytes(pid), 0);
    return { milliseconds, peakMb, chart };
  } finally {
    for (const { pid } of childrenOf(server.pid)) killNow(pid);
    killNow(server.pid);
    await server.ended;
  }
}

const seriesSchema = z.array(
  z.object({
    runToSeries: z.optional(z.record(z.string(), z.array(z.object({ step: z.number() })))),
  }),
);

/** All runs of a tag in one request, as its page asks. */
async function ask(base: string, tag: string) {
  const answer = await fetch(`${base}/data/plugin/timeseries/timeSeries`, {
    method: 'POST',
    headers: { 'X-XSRF-Protected': '1' },
    body: new URLSearchParams({ requests: JSON.stringify([{ plugin: 'scalars', tag }]) }),
  });
  const text = await answer.text();
  if (!answer.ok) return { bytes: text.length, series: {} };
  const [first] = seriesSchema.parse(JSON.parse(text));
  return { bytes: text.length, series: first?.runToSeries ?? {} };
}

/** TensorBoard does not say when it has finished reading, so it is asked until every series has its last point. */
/** Until it serves every point of a tag that it keeps. */
export async function untilWhole(
  server: TestProcess,
  base: string,
  tag: string,
  shape: LogdirShape,
  wanted: number,
): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    if (server.hasExited()) throw new Error(`TensorBoard ended:\n${server.output()}`);
    const { series } = await ask(base, tag);
    const isWhole = Array.from({ length: shape.runs }, (_, run) => series[runName(run)]).every(
      (points) => points?.at(-1)?.step === shape.steps - 1 && points.length >= wanted,
    );
    if (isWhole) return;
    await delay(LOOK_AGAIN_MS);
  }
  throw new Error(`TensorBoard did not have ${tag} of every run after ${WITHIN_MS / 1000} s.`);
}

async function measureChart(base: string, charts: number): Promise<ChartMeasured> {
  const milliseconds: number[] = [];
  let bytes = 0;
  for (let tag = 0; tag < charts; tag++) {
    const began = performance.now();
    ({ bytes } = await ask(base, tagName(tag)));
    milliseconds.push(performance.now() - began);
  }
  return { milliseconds, bytes };
}
