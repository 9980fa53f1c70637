import { appendFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { RECORD_BYTES } from '@convscope/shared/event-log/limits.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { expect, it, onTestFinished, vi } from 'vitest';
import { picture, scalar } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { createLogdir } from './logdir.js';

const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 10 });
const NAME = 'events.out.tfevents.1';

async function follow(root: string) {
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 50, stateEveryMs: 50 });
  onTestFinished(() => logdir.close());
  const announced: number[] = [];
  logdir.listen({ gap: (_, { length }) => announced.push(length) });
  await logdir.start();
  await logdir.settled();
  const run = () => logdir.runs.get('run');
  return { runs: logdir.runs, run, rows: () => run()?.index.scalars('x')?.rows ?? 0, announced };
}

async function runFolder(): Promise<{ root: string; file: string }> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  return { root, file: join(root, 'run', NAME) };
}

const torn = encodeFrame(new Uint8Array(20_000_000).fill(7)).subarray(0, 300_000);
const points = (from: number, count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => scalar('x', from + i, i)));

it('records behind a torn one are shown when the file has been quiet, and the gap is announced', async () => {
  const { root, file } = await runFolder();
  await writeFile(file, Buffer.concat([points(0, 5), torn, points(5, 1000), torn]));
  const { run, rows, announced } = await follow(root);
  await waitFor(() => expect(rows()).toBe(1005));
  await waitFor(() => expect(announced).toEqual([torn.length]));
  expect(run()!.summary()).toMatchObject({ readToEnd: true, gaps: 1, lastStep: 1004 });
  // The second one may still be written, and what follows it is found as well.
  await appendFile(file, points(1005, 10));
  await waitFor(() => expect(rows()).toBe(1015));
  await waitFor(() => expect(announced).toEqual([torn.length, torn.length]));
});

it('they are shown although the file is never quiet', async () => {
  const { root, file } = await runFolder();
  await writeFile(file, Buffer.concat([points(0, 5), torn]));
  const { rows } = await follow(root);
  let written = 5;
  const writing = setInterval(() => {
    void appendFile(file, points(written++, 1));
  }, 5);
  onTestFinished(() => clearInterval(writing));
  await waitFor(() => expect(rows()).toBeGreaterThan(100));
});

it('a large record that is written in pieces is waited for and read whole', async () => {
  const { root, file } = await runFolder();
  const large = picture('p', 1, 20_000_000);
  await writeFile(file, Buffer.concat([points(0, 5), large.subarray(0, 9_000_000)]));
  const { run, rows } = await follow(root);
  await waitFor(() => expect(run()!.files[0]!.finished).toBe(true));
  expect(run()!.summary().readToEnd).toBe(true);
  await appendFile(file, large.subarray(9_000_000, 15_000_000));
  await waitFor(() => expect(run()!.files[0]!.finished).toBe(false));
  await appendFile(file, Buffer.concat([large.subarray(15_000_000), points(5, 5)]));
  await waitFor(() => expect(rows()).toBe(10));
  expect(run()!.index.blobs('p', 'image')?.rows).toBe(1);
  expect(run()!.summary().gaps).toBe(0);
});

it('records that are never completed take no memory, however many and long', async () => {
  const root = await temporaryFolder();
  const claim = encodeFrame(new Uint8Array(RECORD_BYTES)).subarray(0, 12);
  const before = process.memoryUsage().rss;
  for (let number = 0; number < 4; number++) {
    await mkdir(join(root, `run${number}`));
    const file = await open(join(root, `run${number}`, NAME), 'w');
    await file.write(claim);
    // A hole: there are no bytes on the disk.
    await file.truncate(60_000_000);
    await file.close();
  }
  const { runs } = await follow(root);
  await waitFor(() => expect([...runs.values()].every(({ files }) => files[0]!.finished)).toBe(true));
  await waitFor(() => expect([...runs.values()].every(({ caughtUp }) => caughtUp)).toBe(true));
  expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
}, 60_000);

it('listeners hear of the gaps that are found when the file is quiet', async () => {
  const { root, file } = await runFolder();
  await writeFile(file, Buffer.concat([points(0, 5), Buffer.alloc(5_000, 0xff)]));
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 50, stateEveryMs: 50 });
  onTestFinished(() => logdir.close());
  let heard: RunSummary | undefined;
  logdir.listen({
    changed: (run) => {
      heard = run.summary();
    },
  });
  await logdir.start();
  await waitFor(() => expect(logdir.runs.get('run')?.index.gapCount).toBe(1));
  await waitFor(() => expect(heard).toMatchObject({ run: 'run', gaps: 1 }));
});
