/** A folder of the logdir lies on a disk that does not answer any more: an injected storage that never does. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLocalLogdir } from '../storage/local-storage.js';
import type { LogStorage } from '../storage/storage.js';
import { scalar, TORCH_FILE } from './testing/run-bytes.js';
import { scalarRows, startTestHub, temporaryFolder, waitFor } from './testing/test-hub.js';

async function awayStorage(root: string, isAway: (path: string) => boolean): Promise<LogStorage> {
  const local = await openLocalLogdir(root);
  const answer = <T>(path: string, call: () => Promise<T>): Promise<T> =>
    isAway(path) ? new Promise<T>(() => undefined) : call();
  return {
    ...local,
    list: (path, visit) => answer(path, () => local.list(path, visit)),
    directoryIdentity: (path) => answer(path, () => local.directoryIdentity(path)),
    stat: (path) => answer(path, () => local.stat(path)),
    read: (path, ...part) => answer(path, () => local.read(path, ...part)),
  };
}

it('other runs go on, the run says that its folder does not answer, and the hub closes', async () => {
  const root = join(await temporaryFolder(), 'runs');
  const file = (run: string) => join(root, run, TORCH_FILE);
  for (const run of ['near', 'far', 'never']) {
    await mkdir(join(root, run), { recursive: true });
    await writeFile(file(run), scalar('x', 0, 1));
  }
  let isGone = false;
  const storage = await awayStorage(
    root,
    (path) => path.startsWith('never') || (isGone && path.startsWith('far')),
  );
  const hub = await startTestHub({ storage });
  await waitFor(() => expect([...hub.logdir.runs.keys()].sort()).toEqual(['far', 'near']));
  const steps = async (run: string) => (await scalarRows(hub, run, 'x')).length / 24;
  await waitFor(async () => expect([await steps('near'), await steps('far')]).toEqual([1, 1]));
  await waitFor(() =>
    expect(hub.logdir.notices).toEqual([
      expect.stringMatching(/^never cannot be read \(The folder .*never does not answer\./),
    ]),
  );

  isGone = true;
  await appendFile(file('far'), scalar('x', 1, 1));
  await waitFor(() =>
    expect(hub.logdir.runs.get('far')?.summary().notShown).toEqual([
      expect.stringMatching(/cannot be read \(The folder .*far does not answer\./),
    ]),
  );
  // What was read of it stays.
  expect(await steps('far')).toBe(1);
  for (let step = 1; step < 5; step++) {
    const began = performance.now();
    await appendFile(file('near'), scalar('x', step, 1));
    await waitFor(async () => expect(await steps('near')).toBe(step + 1));
    expect(performance.now() - began).toBeLessThan(1500);
  }
  await hub.close();
});
