import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './testing/test-hub.js';
import { ingestTokenIfPossible } from './token-file.js';

it('keeps the ingest token for the next hub', async () => {
  const folder = await temporaryFolder();
  const said: string[] = [];
  const path = join(folder, 'cache', 'ingest-token');
  const token = await ingestTokenIfPossible((line) => said.push(line), path);
  expect(await ingestTokenIfPossible((line) => said.push(line), path)).toBe(token);
  expect(await readdir(join(folder, 'cache'))).toEqual(['ingest-token']);
  expect(said).toEqual([]);
});

it('makes one that no sender knows when the cache cannot hold it, and says so', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'cache'), 'a file in the way');
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const token = await ingestTokenIfPossible(log, join(folder, 'cache', 'ingest-token'));
  expect(token).toMatch(/^[\w-]{32,}$/);
  expect(said.join()).toMatch(/cannot be kept in .*ingest-token \(E.*other processes cannot send to it/);
});
