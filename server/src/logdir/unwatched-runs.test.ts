import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { createLogdir } from './logdir.js';

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
