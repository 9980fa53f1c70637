import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it, onTestFinished, vi } from 'vitest';
import { scalar } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { createLogdir } from './logdir.js';
import type { LogdirOptions } from './logdir-options.js';

const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 10 });
const nameOf = (number: number) => `events.out.tfevents.${String(number).padStart(6, '0')}`;

async function follow(root: string, options: Partial<LogdirOptions> = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const list = vi.spyOn(storage, 'list');
  const logdir = createLogdir({ storage, log: (line) => said.push(line), stateEveryMs: 20, ...options });
  onTestFinished(() => logdir.close());
  await logdir.start();
  await logdir.settled();
  return { logdir, list, said, run: () => logdir.runs.get('run') };
}

it('a directory that fills with files is not listed once for each of them, and the hub answers meanwhile', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  await writeFile(join(root, 'run', nameOf(0)), scalar('x', 0, 0));
  const { list, run } = await follow(root);
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const count = 800;
  let bytes = scalar('x', 0, 0).length;
  for (let i = 1; i < count; i++) {
    const point = scalar('x', i, 0);
    bytes += point.length;
    await writeFile(join(root, 'run', nameOf(i)), point);
  }
  await waitFor(() => expect(run()?.index.scalars('x')?.rows).toBe(count));
  delays.disable();
  expect(list.mock.calls.length).toBeLessThan(count / 4);
  expect(run()?.summary()).toMatchObject({ readToEnd: true, bytes });
  // In nanoseconds. Before, every new file was compared with all others.
  expect(delays.percentile(99) / 1e6).toBeLessThan(250);
});

it('files beyond the limits are counted and not read, while the others are followed', async () => {
  const root = await temporaryFolder();
  for (const run of ['run', 'other']) {
    await mkdir(join(root, run));
    for (let i = 0; i < 30; i++) await writeFile(join(root, run, nameOf(i)), scalar('x', i, 0));
  }
  const { logdir, run } = await follow(root, { fileLimits: { run: 20, logdir: 25 }, lookEveryMs: 30 });
  const files = () => [...logdir.runs.values()].map((one) => one.files.length);
  expect(files().sort()).toEqual([20, 5]);
  expect(logdir.runs.get('other')!.summary().notShown).toEqual([
    expect.stringMatching(/^(10|25) event files are not read: at most 20 of a run and 25 of a logdir are\.$/),
  ]);
  const big = [...logdir.runs.values()].find((one) => one.files.length === 20)!;
  await appendFile(join(root, big.id, nameOf(0)), scalar('x', 100, 0));
  await waitFor(() => expect(big.summary().lastStep).toBe(100));
  // Room that a run gives back is for the others.
  await rm(join(root, big.id), { recursive: true });
  await waitFor(() => expect(files()).toEqual([20]));
  expect(run()?.id ?? 'other').toBe([...logdir.runs.keys()][0]);
});

it('a nudge of a file that exists is read before files that wait', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  await writeFile(join(root, 'run', nameOf(0)), scalar('x', 0, 0));
  const { logdir, run } = await follow(root, { lookEveryMs: 100_000 });
  const order: number[] = [];
  logdir.listen({ grown: (one) => order.push(one.summary().lastStep) });
  for (let i = 1; i < 200; i++) await writeFile(join(root, 'run', nameOf(i)), scalar('x', i, 0));
  await waitFor(() => expect(run()!.files.length).toBeGreaterThan(50));
  await appendFile(join(root, 'run', nameOf(0)), scalar('x', 1000, 0));
  logdir.nudge('run', nameOf(0));
  await waitFor(() => expect(run()!.index.scalars('x')?.rows).toBe(201));
  expect(order).toContain(1000);
});

it('what a scan leaves out is said with a count, in the terminal and to viewers', async () => {
  const root = await temporaryFolder();
  for (const name of ['a', 'b'])
    await mkdir(join(root, name, ...Array.from({ length: 17 }, () => 'd')), { recursive: true });
  const { logdir, said } = await follow(root);
  const sentence = '2 folders more than 16 levels below the logdir are not searched, such as ';
  expect(logdir.notices).toEqual([expect.stringContaining(sentence)]);
  expect(said).toEqual(logdir.notices);
});
