import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSmallFile } from './read-small-file.js';

describe('a small file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'convscope-small-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is read whole', async () => {
    const path = join(directory, 'note');
    writeFileSync(path, 'grün');
    expect(await readSmallFile(path, 5)).toBe('grün');
    await expect(readSmallFile(path, 4)).rejects.toThrow(`${path} has more than 4 bytes.`);
  });

  it('that is missing, a folder or without an end is refused', async () => {
    await expect(readSmallFile(join(directory, 'gone'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
    const path = join(directory, 'folder');
    mkdirSync(path);
    await expect(readSmallFile(path, 10)).rejects.toThrow();
    const long = join(directory, 'long');
    writeFileSync(long, '');
    truncateSync(long, 2 ** 36);
    await expect(readSmallFile(long, 10)).rejects.toThrow('more than 10 bytes');
  });

  it.skipIf(process.platform === 'win32')('is not waited for where a FIFO has taken its place', async () => {
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    await expect(readSmallFile(path, 10)).rejects.toThrow(`${path} is not a file.`);
  });
});
