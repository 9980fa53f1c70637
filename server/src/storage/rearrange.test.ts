import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalLogdir } from './local-storage.js';
import type { LogStorage } from './storage.js';
import { StorageError } from './storage-error.js';

describe('a storage that is rearranged', () => {
  let folder: string;
  let root: string;
  let storage: LogStorage;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convscope-rearranged-'));
    root = join(folder, 'runs');
    storage = await openLocalLogdir(root);
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b'));
    await mkdir(join(folder, 'outside'));
  });
  afterEach(async () => {
    await storage.close();
    await rm(folder, { recursive: true });
  });
  const write = (path: string, text = path) => writeFile(join(root, path), text);
  const textOf = (path: string) => readFile(join(root, path), 'utf8');

  it('moves a file with all that it holds, and it stays the same file', async () => {
    await write('a/events');
    const before = await stat(join(root, 'a/events'));
    expect(await storage.moveFile('a/events', 'b/0')).toBe('moved');
    expect(await textOf('b/0')).toBe('a/events');
    expect((await stat(join(root, 'b/0'))).ino).toBe(before.ino);
    expect(await readdir(join(root, 'a'))).toEqual([]);
  });

  it('replaces nothing, and says what it found instead', async () => {
    await write('a/one');
    await write('b/one');
    expect(await storage.moveFile('a/one', 'b/one')).toBe('taken');
    expect(await textOf('b/one')).toBe('b/one');
    expect(await textOf('a/one')).toBe('a/one');
    expect(await storage.moveFile('a/none', 'b/none')).toBe('missing');
    expect(await storage.moveFile('a', 'b/none')).toBe('no-file');
  });

  it('moves no link, nothing through a link, and nothing outside', async () => {
    await writeFile(join(folder, 'outside/events'), 'outside');
    await symlink(join(folder, 'outside/events'), join(root, 'a/link'));
    await symlink(join(folder, 'outside'), join(root, 'linked'));
    await write('a/events');
    expect(await storage.moveFile('a/link', 'b/link')).toBe('no-file');
    for (const move of [
      () => storage.moveFile('linked/events', 'b/events'),
      () => storage.moveFile('a/events', 'linked/new'),
      () => storage.replaceFile('linked/events', Buffer.from('x')),
      () => storage.removeEmptyDirectory('linked/below'),
    ])
      await expect(move()).rejects.toThrow(StorageError);
    await symlink(join(folder, 'outside/events'), join(root, 'a/target'));
    expect(await storage.moveFile('a/events', 'a/target')).toBe('taken');
    await expect(storage.replaceFile('a/target', Buffer.from('x'))).rejects.toThrow('not a regular file');
    expect(await readFile(join(folder, 'outside/events'), 'utf8')).toBe('outside');
    expect(await readdir(join(folder, 'outside'))).toEqual(['events']);
  });

  it('moves a file that has other names as well', async () => {
    await write('a/events');
    await link(join(root, 'a/events'), join(root, 'a/other-name'));
    expect(await storage.moveFile('a/events', 'b/events')).toBe('moved');
    expect(await readdir(join(root, 'a'))).toEqual(['other-name']);
  });

  it('moves files whose names are any bytes', async () => {
    const name = Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([0x72, 0xff, 0x20])]);
    await writeFile(name, 'bytes');
    expect(await storage.moveFile('a/r\\xff ', 'b/0')).toBe('moved');
    expect(await textOf('b/0')).toBe('bytes');
    expect(await storage.moveFile('b/0', 'a/r\\xff ')).toBe('moved');
    expect(await readFile(name, 'utf8')).toBe('bytes');
  });

  it('writes a file as a whole, with nothing beside it', async () => {
    await storage.replaceFile('a/notes', Buffer.from('one'));
    await storage.replaceFile('a/notes', Buffer.from('two'));
    expect(await textOf('a/notes')).toBe('two');
    await Promise.all(
      Array.from({ length: 20 }, (_, k) => storage.replaceFile('a/notes', Buffer.alloc(5000, k))),
    );
    const bytes = await readFile(join(root, 'a/notes'));
    expect(bytes).toEqual(Buffer.alloc(5000, bytes[0]));
    expect(await readdir(join(root, 'a'))).toEqual(['notes']);
  });

  it('removes a regular file, and nothing else', async () => {
    await write('a/gone');
    await symlink(join(folder, 'outside'), join(root, 'a/link'));
    expect(await storage.removeFile('a/gone')).toBe(true);
    expect(await storage.removeFile('a/gone')).toBe(false);
    expect(await storage.removeFile('a/link')).toBe(false);
    expect(await storage.removeFile('b')).toBe(false);
    expect(await readdir(join(root, 'a'))).toEqual(['link']);
  });

  it('removes a folder only if it is empty', async () => {
    await write('a/kept');
    expect(await storage.removeEmptyDirectory('a')).toBe(false);
    expect(await storage.removeEmptyDirectory('b')).toBe(true);
    expect(await storage.removeEmptyDirectory('b')).toBe(false);
    expect(await storage.removeEmptyDirectory('.')).toBe(false);
    expect(await readdir(root)).toEqual(['a']);
  });

  // A limit on the size of files is met as a full disk is, by a write that fails.
  it.skipIf(process.platform === 'win32')(
    'keeps the old file, and no part of the new one, when a write fails',
    async () => {
      await write('a/notes', 'old');
      const module = fileURLToPath(new URL('../../dist/storage/local-storage.js', import.meta.url));
      const script = `
      process.on('SIGXFSZ', () => {});
      const { openLocalLogdir } = await import(${JSON.stringify(module)});
      const storage = await openLocalLogdir(${JSON.stringify(root)});
      const failed = await storage.replaceFile('a/notes', Buffer.alloc(4_000_000)).then(() => 'none', (error) => error.constructor.name + ' ' + (error.code ?? error.problem));
      console.log(failed);
    `;
      const said = execFileSync('bash', [
        '-c',
        'ulimit -f 1000; exec "$0" --input-type=module -e "$1"',
        process.execPath,
        script,
      ]);
      expect(said.toString()).toMatch(/^(Error EFBIG|StorageError)/);
      expect(await textOf('a/notes')).toBe('old');
      expect(await readdir(join(root, 'a'))).toEqual(['notes']);
    },
  );
});
