/** Requests for series of a hub that has read its runs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeriesAnswer } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { expect } from 'vitest';
import { scalar, TORCH_FILE } from '../../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../../testing/test-hub.js';

export async function hubOf(runs: Readonly<Record<string, readonly Uint8Array[]>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  for (const [run, frames] of Object.entries(runs)) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), Buffer.concat(frames));
  }
  const hub = await startTestHub({ logdir });
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of Object.keys(runs)) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

export function steps(tag: string, count: number, value = (step: number) => step): Uint8Array[] {
  return Array.from({ length: count }, (_, step) => scalar(tag, step, value(step)));
}

export async function get(hub: TestHub, query: string): Promise<SeriesAnswer> {
  const response = await fetch(`${hub.url}/api/v1/series?${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return decodeSeries(new Uint8Array(await response.arrayBuffer()));
}

export function post(
  hub: TestHub,
  path: string,
  body: unknown,
  type = 'application/json',
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${hub.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: text,
  });
}

/** Run, tag and number of points of each series. */
export function contents({
  runs,
  tags,
  series,
}: SeriesAnswer): [string | undefined, string | undefined, number][] {
  return series.map(({ run, tag, total }) => [runs[run]?.run, tags[tag], total]);
}
