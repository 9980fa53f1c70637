/** What a page asks of a hub that may change runs, and what is on disk afterwards. */
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RunActionsAnswer,
  runActionsAnswerSchema,
  type TrashAnswer,
  trashAnswerSchema,
} from '@convscope/shared/protocol/run-actions.js';
import { expect } from 'vitest';
import { scalar, TORCH_FILE } from '../../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../../testing/test-hub.js';

/** So that no run is taken for one that is being written. */
export const LONG_AGO = new Date('2020-01-01');

export async function writeRun(logdir: string, run: string, name = TORCH_FILE): Promise<void> {
  await mkdir(join(logdir, run), { recursive: true });
  const path = join(logdir, run, name);
  await writeFile(path, Buffer.concat([scalar('loss', 1, 1), scalar('loss', 2, 0.5)]));
  await utimes(path, LONG_AGO, LONG_AGO);
}

export async function hubOf(
  runs: readonly string[],
  options: Parameters<typeof startTestHub>[0] = {},
): Promise<TestHub> {
  const logdir = options.logdir ?? join(await temporaryFolder(), 'runs');
  await mkdir(logdir, { recursive: true });
  for (const run of runs) await writeRun(logdir, run);
  const hub = await startTestHub({ ...options, logdir });
  await listed(hub, runs);
  return hub;
}

const runsOf = (hub: TestHub) => [...hub.logdir.runs.keys()].sort();
export async function listed(hub: TestHub, runs: readonly string[]): Promise<void> {
  await waitFor(() => expect(runsOf(hub)).toEqual([...runs].sort()));
  await hub.logdir.settled();
}

export async function cookieOf(hub: TestHub): Promise<string> {
  const page = await fetch(`${hub.url}/`);
  return page.headers.getSetCookie()[0]!.split(';')[0]!;
}

export async function post(
  hub: TestHub,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${hub.url}/api/v1/run-actions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: await cookieOf(hub), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function act(hub: TestHub, body: object): Promise<RunActionsAnswer['results']> {
  return runActionsAnswerSchema.parse(await (await post(hub, body)).json()).results;
}

export async function trashOf(hub: TestHub): Promise<TrashAnswer['runs']> {
  return trashAnswerSchema.parse(await (await fetch(`${hub.url}/api/v1/trash`)).json()).runs;
}

/** Every file below a folder but the hub's notes, with its bytes. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = (await readFile(path)).toString('base64');
  }
  return files;
}
