import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import type { FollowedRun } from './followed-run.js';
import { createLogdir } from './logdir.js';
import { createUnwatchedRuns } from './unwatched-runs.js';

it('growth of runs that the system does not watch is found without a scan', async () => {
  const root = await temporaryFolder();
  const names = Array.from({ length: 30 }, (_, i) => `run${i}`);
  for (const name of names) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, TORCH_FILE), scalar('x', 1, 1));
  }
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({
    ...{ storage, log: () => undefined, lookEveryMs: 1e9 },
    watchedDirectories: 5,
    unwatchedEveryMs: 10,
  });
  onTestFinished(() => logdir.close());
  await logdir.start();
  await logdir.settled();
  for (const name of names) await appendFile(join(root, name, TORCH_FILE), scalar('x', 2, 1));
  await vi.waitFor(
    () => {
      for (const name of names) expect(logdir.runs.get(name)?.index.scalars('x')?.rows).toBe(2);
    },
    { timeout: 10_000, interval: 5 },
  );
});

it('of many, those that changed last are looked at in every turn, and each of the others in one of ten', async () => {
  const runs = new Map(
    Array.from({ length: 1000 }, (_, i) => [`${i}`, { id: `${i}`, lastChange: i } as FollowedRun]),
  );
  const looked: number[] = [];
  const unwatched = createUnwatchedRuns({
    runs,
    isWatched: () => false,
    look: async ({ lastChange }) => void looked.push(lastChange),
    everyMs: 1,
  });
  onTestFinished(() => unwatched.close());
  unwatched.start();
  // A turn looks at up to 64 that changed last, and at a hundred others.
  await vi.waitFor(() => expect(looked.length).toBeGreaterThan(10 * 164), { timeout: 10_000, interval: 5 });
  const first = looked.slice(0, 10 * 164);
  expect(new Set(first).size).toBe(1000);
  const timesOf = (run: number) => first.filter((one) => one === run).length;
  expect([timesOf(999), timesOf(950)]).toEqual([expect.toSatisfy(isTen), expect.toSatisfy(isTen)]);
  expect(timesOf(3)).toBeLessThanOrEqual(2);
});

/** Some turns are shorter, as those that changed last are also among the others. */
const isTen = (times: number) => times === 10 || times === 11;
