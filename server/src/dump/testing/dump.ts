/** Logs in a folder of the test file, and their lines. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { afterAll, beforeAll } from 'vitest';
import { type DumpOptions, dumpRun } from '../dump-run.js';

export const fixtures = fileURLToPath(
  new URL('../../../../shared/src/event-log/fixtures/events', import.meta.url),
);
export const FILE = 'events.out.tfevents.1700000000.testhost.1.0';

export let folder: string;

/** Makes the folder of a test file, which is gone after it. */
export function useFolder(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dump-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
}

export type Line = Record<string, unknown> & { run: string; tag: string; kind: string };

export async function dump(directory: string, values = false): Promise<Line[]> {
  const lines: Line[] = [];
  await dumpRun(directory, { format: 'json', values }, (line) => {
    lines.push(JSON.parse(line));
  });
  return lines;
}

export async function log(name: string, records: readonly RunRecord[]): Promise<string> {
  const directory = join(folder, name);
  await mkdir(directory, { recursive: true });
  const events = [encodeFileVersion(1), ...records.map(encodeEvent)];
  await writeFile(join(directory, FILE), Buffer.concat(events.map(encodeFrame)));
  return directory;
}

export async function dumpAndListen(directory: string) {
  const said: string[] = [];
  const options: DumpOptions = { format: 'json', values: false, log: (sentence) => said.push(sentence) };
  return { said, counts: await dumpRun(directory, options, () => undefined) };
}
