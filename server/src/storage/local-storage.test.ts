import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalLogdir } from './local-storage.js';
import type { LogStorage } from './storage.js';
import { StorageError, storageProblemOf } from './storage-error.js';

describe('the local storage', () => {
  let root: string;
  let storage: LogStorage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'convscope-storage-'));
    storage = await openLocalLogdir(root);
  });
  afterEach(async () => {
    await storage.close();
    await rm(root, { recursive: true });
  });

  const problemOf = (operation: Promise<unknown>) =>
    operation.then(
      () => 'none',
      (error: unknown) => (error instanceof StorageError ? storageProblemOf(error) : error),
    );

  it('says that a name is too long', async () => {
    expect(await problemOf(storage.openForAppend('x'.repeat(300)))).toBe('name-too-long');
    expect(await problemOf(storage.makeDirectory('x'.repeat(300)))).toBe('name-too-long');
  });

  it('says that a file is where a directory is wanted, and the other way round', async () => {
    await writeFile(join(root, 'file'), '');
    expect(await problemOf(storage.makeDirectory('file/run'))).toBe('not-a-directory');
    expect(await problemOf(storage.openForAppend('file/events'))).toBe('not-a-directory');
  });

  it('keeps the error of the system as the cause', async () => {
    const failed = await storage.openForAppend('x'.repeat(300)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ cause: { code: 'ENAMETOOLONG' } });
  });
});
