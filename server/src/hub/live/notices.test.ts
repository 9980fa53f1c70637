import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLogdir } from '../../storage/open-logdir.js';
import { scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, temporaryFolder, viewerSocket, waitFor } from '../testing/test-hub.js';

it('an open page learns that a logdir is missing, and that it has come', async () => {
  const path = join(await temporaryFolder(), 'later');
  const hub = await startTestHub({ storage: await openLogdir([{ name: null, path }]) });
  let notices: readonly string[] | undefined;
  const runs: string[] = [];
  const viewer = viewerSocket(hub);
  viewer.on('runs', (message) => {
    notices = message.notices;
  });
  viewer.on('changed', (message) => {
    notices = message.notices;
    runs.push(...message.runs.map(({ run }) => run));
  });
  await waitFor(() =>
    expect(notices).toEqual([`The logdir ${path} does not exist; its runs appear when it does.`]),
  );
  await mkdir(join(path, 'run'), { recursive: true });
  await writeFile(join(path, 'run', TORCH_FILE), scalar('x', 1, 1));
  await waitFor(() => expect(runs).toContain('run'));
  await waitFor(() => expect(notices).toEqual([]));
});
