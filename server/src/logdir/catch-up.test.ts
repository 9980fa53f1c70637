import { appendFile, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ORACLES, picture, scalar } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { BulkPool } from './bulk/bulk-pool.js';
import type { BulkThread } from './bulk/bulk-thread-handle.js';
import { createLogdir } from './logdir.js';
import { follow, longFiles, messages, oneFile, points, waitFor } from './testing/bulk-logs.js';
import { known } from './testing/known-of.js';
import { threadHere } from './testing/thread-here.js';

it('threads read every known log as the hub itself does', async () => {
  const root = fileURLToPath(ORACLES);
  const threads = await follow(root, { longFiles: { unread: 0 } });
  const here = await follow(root, { longFiles: { unread: Number.POSITIVE_INFINITY } });
  await threads.settled();
  await here.settled();
  expect(here.runs.size).toBeGreaterThan(30);
  // Damage at the end of a file is named once the file is quiet, which a scan finds. On a busy machine scans are rare.
  await waitFor(() => expect(known(threads)).toEqual(known(here)), 50_000);
  expect(threads.said).toEqual(here.said);
}, 60_000);

it('the rows of a run are in the order of its files, and a file that grows meanwhile is followed', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  for (let file = 0; file < 3; file++)
    await writeFile(join(root, 'run', `events.out.tfevents.${file}`), points(3000));
  const logdir = await follow(root, { longFiles });
  await appendFile(join(root, 'run', 'events.out.tfevents.1'), scalar('more', 7, 1));
  await logdir.settled();
  const run = logdir.runs.get('run')!;
  await waitFor(() => expect(run.scalars('more')?.rows).toBe(1));
  const { steps } = run.scalars('t3')!.read(0, 900);
  expect([...steps]).toEqual([0, 1, 2].flatMap(() => Array.from({ length: 300 }, (_, i) => i)));
  // What is added later is read at once, by the hub.
  await appendFile(join(root, 'run', 'events.out.tfevents.0'), scalar('more', 8, 1));
  logdir.nudge('run', 'events.out.tfevents.0');
  await waitFor(() => expect(run.scalars('more')?.rows).toBe(2));
});

it('a record that was read by a thread can be fetched', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  await writeFile(
    join(root, 'run', 'events.out.tfevents.1'),
    Buffer.concat([points(5000), picture('p', 3, 70_000)]),
  );
  const logdir = await follow(root, { longFiles });
  await logdir.settled();
  const view = Buffer.from(logdir.runs.get('run')!.column('p', 'image')!.bytes(0));
  const [offset, length] = [view.readDoubleLE(16), view.readUInt32LE(24)];
  const pieces = await logdir.event('run', 0, offset, length);
  const parts: Uint8Array[] = [];
  for await (const piece of pieces!) parts.push(piece);
  expect(Buffer.concat(parts)).toEqual(picture('p', 3, 70_000).subarray(12, -4));
});

it('lines of one run come while threads read another', async () => {
  const root = await temporaryFolder();
  for (const run of ['long', 'live']) await mkdir(join(root, run));
  await writeFile(join(root, 'long', 'events.out.tfevents.1'), points(12_000));
  const live = join(root, 'live', 'events.out.tfevents.1');
  await writeFile(live, scalar('x', 0, 0));
  const logdir = await follow(root, { longFiles: { unread: 8 * 1024, piece: 8 * 1024 } });
  await waitFor(() => expect(logdir.runs.get('live')?.readToEnd).toBe(true));
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  let step = 0;
  while (!logdir.runs.get('long')?.caughtUp) {
    await appendFile(live, scalar('x', ++step, 0));
    logdir.nudge('live', 'events.out.tfevents.1');
    await waitFor(() => expect(logdir.runs.get('live')!.summary().lastStep).toBe(step));
  }
  delays.disable();
  expect(step).toBeGreaterThan(3);
  expect(logdir.runs.get('long')!.scalars('t9')?.rows).toBe(1200);
  // In nanoseconds; the bound is for a busy machine.
  expect(delays.percentile(99) / 1e6).toBeLessThan(250);
});

it('of ten long runs the one that somebody looks at is complete before any other', async () => {
  const root = await temporaryFolder();
  const names = Array.from({ length: 10 }, (_, i) => `run${i}`);
  for (const name of names) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'events.out.tfevents.1'), points(3000));
  }
  const storage = await openLocalLogdir(root);
  // Which of two threads is faster would decide as well, and what has been read before the pool knows all runs.
  const added = vi.spyOn(BulkPool.prototype, 'add');
  onTestFinished(() => added.mockRestore());
  let begin: () => void = () => undefined;
  const found = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const startThread = () => {
    const thread = threadHere();
    return {
      ...thread,
      read: (...bytes: Parameters<BulkThread['read']>) => found.then(() => thread.read(...bytes)),
    };
  };
  const logdir = createLogdir({ storage, log: () => undefined, longFiles, startThread, threads: 1 });
  onTestFinished(() => logdir.close());
  const order: string[] = [];
  logdir.listen({
    changed: (run) => {
      if (run.summary().readToEnd && !order.includes(run.id)) order.push(run.id);
    },
  });
  logdir.setWanted('run9', true);
  await logdir.start();
  await waitFor(() => expect(added).toHaveBeenCalledTimes(10));
  begin();
  await logdir.settled();
  expect(order).toHaveLength(10);
  expect(order[0]).toBe('run9');
});

it('a file that is replaced or cut while threads read it is read anew', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  const path = join(root, 'run', 'events.out.tfevents.1');
  for (const change of [
    async () => {
      await writeFile(`${path}.new`, points(30, 1));
      await rename(`${path}.new`, path);
    },
    () => truncate(path, 3000),
    () => writeFile(path, points(30, 1)),
  ]) {
    await writeFile(path, points(6000, 1));
    const logdir = await follow(root, { longFiles });
    await waitFor(() => expect(logdir.runs.get('run')?.scalars('t0')?.rows).toBeGreaterThan(0));
    await change();
    await waitFor(async () => {
      await logdir.settled();
      const rows = logdir.runs.get('run')?.scalars('t0')?.rows ?? 0;
      expect(rows > 0 && rows < 200 && logdir.runs.get('run')?.readToEnd).toBe(true);
    });
    await logdir.close();
  }
});

it('a record that is not complete where threads stop is waited for', async () => {
  const last = scalar('last', 1, 1);
  // More than one piece.
  const { root, path } = await oneFile(Buffer.concat([points(6000), last.subarray(0, 20)]));
  const logdir = await follow(root, { longFiles });
  const run = logdir.runs.get('run')!;
  await waitFor(() => expect(run.readToEnd).toBe(true));
  const { generation } = run;
  await appendFile(path, last.subarray(20));
  logdir.nudge('run', 'events.out.tfevents.1');
  await waitFor(() => expect(run.scalars('last')?.rows).toBe(1));
  expect(run.generation).toBe(generation);
  expect(run.detail().gaps).toEqual([]);
});

it('threads go on with a followed file, in the middle of a record, when it has grown by much', async () => {
  const sent = messages();
  const half = scalar('half', 1, 1);
  const { root, path } = await oneFile(Buffer.concat([scalar('first', 0, 1), half.subarray(0, 20)]));
  const logdir = await follow(root, { longFiles: { followed: 0 } });
  const run = logdir.runs.get('run')!;
  await waitFor(() => expect(run.readToEnd).toBe(true));
  await appendFile(path, Buffer.concat([half.subarray(20), points(5000)]));
  logdir.nudge('run', 'events.out.tfevents.1');
  await waitFor(() => expect(run.scalars('t9')?.rows).toBe(500));
  expect(run.scalars('half')?.rows).toBe(1);
  expect(run.detail().gaps).toEqual([]);
  expect(sent).toHaveBeenCalled();
});

it('a thread reads a record of many megabytes, wherever it comes', async () => {
  const sent = messages();
  const { root, path } = await oneFile(scalar('first', 0, 1));
  const logdir = await follow(root);
  const run = logdir.runs.get('run')!;
  await waitFor(() => expect(run.readToEnd).toBe(true));
  const long = picture('p', 3, 20 * 1024 * 1024);
  await appendFile(path, Buffer.concat([long, scalar('last', 4, 1)]));
  logdir.nudge('run', 'events.out.tfevents.1');
  await waitFor(() => expect(run.scalars('last')?.rows).toBe(1));
  expect(sent).toHaveBeenCalled();
  const view = Buffer.from(run.column('p', 'image')!.bytes(0));
  const pieces = await logdir.event('run', 0, view.readDoubleLE(16), view.readUInt32LE(24));
  const parts: Uint8Array[] = [];
  for await (const piece of pieces!) parts.push(piece);
  expect(Buffer.concat(parts).equals(long.subarray(12, -4))).toBe(true);
});
