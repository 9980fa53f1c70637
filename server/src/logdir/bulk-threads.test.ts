/** When threads that read in bulk are started, give way, and end. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { follow, longFiles, messages, oneFile, points, waitFor } from './testing/bulk-logs.js';
import { known } from './testing/known-of.js';

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
