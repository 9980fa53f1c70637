import { onTestFinished } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { createLogdir, type FollowedLogdir } from '../logdir.js';

/** The logdir once everything in it has been read. It is closed when the test is over. */
export async function followFolder(root: string): Promise<FollowedLogdir> {
  const logdir = createLogdir({ storage: await openLocalLogdir(root), log: () => undefined });
  onTestFinished(() => logdir.close());
  await logdir.start();
  await logdir.settled();
  return logdir;
}
