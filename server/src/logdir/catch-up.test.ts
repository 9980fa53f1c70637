import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunListener } from '@convscope/shared/log-index/run.js';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ORACLES, picture, scalar } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { BulkPool } from './bulk/bulk-pool.js';
import type { BulkThread } from './bulk/bulk-thread-handle.js';
import { createLogdir, type FollowedLogdir } from './logdir.js';
import type { LogdirOptions } from './logdir-options.js';
import { threadHere } from './testing/thread-here.js';

const waitFor = <T>(condition: () => T | Promise<T>, timeout = 30_000) =>
  vi.waitFor(condition, { timeout, interval: 5 });

async function follow(root: string, options: Partial<LogdirOptions> = {}, listener: RunListener = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({ storage, log: (line) => said.push(line), lookEveryMs: 30, ...options });
  onTestFinished(() => logdir.close());
  logdir.listen(listener);
  await logdir.start();
  return Object.assign(logdir, { said, storage });
}

/** What is known of every run, but for what differs from hub to hub. */
function known(logdir: FollowedLogdir) {
  return [...logdir.runs.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((run) => {
      const { summary, ...detail } = run.detail();
      const columns = [...run.columns()].map((column) => Buffer.from(column.bytes(0)).toString('hex'));
      return { ...detail, columns, summary: { ...summary, generation: 0, state: '' } };
    });
}

function points(count: number, tags = 10): Buffer {
  const frames = [encodeFrame(encodeFileVersion(1.7e9))];
  for (let i = 0; i < count; i++) {
    const record = { kind: 'scalar', tag: `t${i % tags}`, step: Math.floor(i / tags) } as const;
    frames.push(encodeFrame(encodeEvent({ ...record, wallTime: 1.7e9 + i / 100, value: Math.sin(i) })));
  }
  return Buffer.concat(frames);
}

/** A short file takes as many pieces as a long one does. */
const longFiles = { unread: 0, piece: 8 * 1024 };

/** What the hub sends to its threads. */
function messages() {
  const sent = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => sent.mockRestore());
  return sent;
}

/** A logdir of one run with one file, which holds these bytes. */
async function oneFile(bytes: Uint8Array): Promise<{ root: string; path: string }> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  const path = join(root, 'run', 'events.out.tfevents.1');
  await writeFile(path, bytes);
  return { root, path };
}

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

it.runIf(process.platform === 'linux')('threads that read in bulk give way to the hub itself', async () => {
  const { root } = await oneFile(points(3000));
  const niceOf = (task: string) =>
    Number(readFileSync(`/proc/self/task/${task}/stat`, 'latin1').replace(/.*\) /s, '').split(' ')[16]);
  const before = new Set(readdirSync('/proc/self/task'));
  const logdir = await follow(root, { longFiles });
  await logdir.settled();
  const started = readdirSync('/proc/self/task').filter((task) => !before.has(task));
  expect(started.map(niceOf)).toContain(getPriority() + 5);
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

it('closing the logdir ends the threads at once', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  await writeFile(join(root, 'run', 'events.out.tfevents.1'), points(12_000));
  const logdir = await follow(root, { longFiles });
  await waitFor(() => expect(logdir.runs.get('run')?.scalars('t0')?.rows).toBeGreaterThan(0));
  const began = performance.now();
  await logdir.close();
  expect(performance.now() - began).toBeLessThan(2000);
  expect(logdir.said).toEqual([]);
});

it('a thread that dies is replaced, and the hub reads a file itself of which two have died', async () => {
  const { root } = await oneFile(points(12_000));
  const here = await follow(root, { longFiles: { unread: Number.POSITIVE_INFINITY } });
  await here.settled();
  const send = Worker.prototype.postMessage;
  let pieces = 0;
  messages().mockImplementation(function (this: Worker, ...message) {
    if (message[0].type === 'bytes' && ++pieces % 2 === 0) void this.terminate();
    else send.apply(this, message);
  });
  const threads = await follow(root, { longFiles });
  await threads.settled();
  expect(pieces).toBe(4);
  expect(known(threads)).toEqual(known(here));
  expect(threads.said).toEqual([
    expect.stringMatching(/tfevents\.1 is read without threads from byte \d+ on \(a thread died: it ended\)/),
  ]);
});

it('no thread is started for short files', async () => {
  const sent = messages();
  const { root } = await oneFile(points(5000));
  const logdir = await follow(root);
  await logdir.settled();
  expect(logdir.runs.get('run')?.scalars('t0')?.rows).toBe(500);
  expect(sent).not.toHaveBeenCalled();
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
