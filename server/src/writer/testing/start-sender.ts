import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type TestProcess } from '../../testing/process.js';
import type { TestFolder } from '../../testing/product.js';

const SENDER = fileURLToPath(new URL('./sender-process.mjs', import.meta.url));

/** A trainer without the training, in a process of its own. The hub has left its token in the folder's cache. */
export function startSender(
  folder: TestFolder,
  job: { hubUrl: string; name: string; steps: number; everyMs: number },
): TestProcess {
  const token = readFileSync(join(folder.cache, 'ingest-token'), 'utf8').trim();
  const { cache: cacheDirectory, logdir, env } = folder;
  return startProcess([SENDER, JSON.stringify({ ...job, token, cacheDirectory, logdir })], { env });
}
