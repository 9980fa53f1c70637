import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

  const list = async (directory: string) => {
    const names: string[] = [];
    const isThere = await storage.list(directory, ({ name, kind }) => names.push(`${kind} ${name}`));
    return isThere ? names.sort() : null;
  };
  const readAll = async (path: string) => {
    const file = await storage.stat(path);
    return file && storage.read(path, file.identity, 0, 100);
  };

  it('lists what is in a folder, and says when there is none', async () => {
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run', 'events'), 'x');
    await mkdir(join(root, 'run', 'below'));
    await symlink('events', join(root, 'run', 'link'));
    await symlink('below', join(root, 'run', 'way'));
    await symlink('nowhere', join(root, 'run', 'broken'));
    expect(await list('run')).toEqual([
      'directory below',
      'directory way',
      'file events',
      'file link',
      'other broken',
    ]);
    expect(await list('nothing')).toBeNull();
    expect(await list('run/events')).toBeNull();
  });

  it.runIf(process.platform === 'linux')(
    'names files whose names are not UTF-8, and opens them',
    async () => {
      const directory = Buffer.concat([Buffer.from(`${root}/`), Buffer.from('caf\xe9 \ufffd', 'latin1')]);
      await mkdir(directory);
      await writeFile(Buffer.concat([directory, Buffer.from('/\xff\n', 'latin1')]), 'content');
      await writeFile(Buffer.concat([directory, Buffer.from('/\ufffd')]), 'another');
      expect(await list('.')).toEqual([String.raw`directory caf\xe9 \xfd`]);
      const run = String.raw`caf\xe9 \xfd`;
      expect(await list(run)).toEqual(['file \ufffd', `file ${String.raw`\xff`}\n`].sort());
      expect(String(await readAll(`${run}/${String.raw`\xff`}\n`))).toBe('content');
      expect(String(await readAll(`${run}/\ufffd`))).toBe('another');
      const appender = await storage.openForAppend(`${run}/${String.raw`\xff`}\n`);
      expect(await appender.length()).toBe(7);
      await appender.close();
    },
  );

  it.skipIf(process.platform === 'win32')(
    'neither waits for nor reads what replaced a file: a FIFO, a link or a folder',
    async () => {
      await mkdir(join(root, 'run'));
      const path = join(root, 'run', 'events');
      const replace = [
        () => promisify(execFile)('mkfifo', [path]),
        () => symlink('/etc/passwd', path),
        () => mkdir(path),
      ];
      for (const put of replace) {
        await writeFile(path, 'x');
        const file = await storage.stat('run/events');
        await rm(path);
        await put();
        expect(await storage.read('run/events', file!.identity, 0, 1)).toBeNull();
        const now = await storage.stat('run/events');
        expect(now === null || now.identity !== file!.identity).toBe(true);
        expect(await problemOf(storage.openForAppend('run/events'))).toBe('not-a-directory');
        await rm(path, { recursive: true });
      }
    },
  );

  it.skipIf(process.platform === 'win32')(
    'follows links for reading, and writes through none of them',
    async () => {
      const elsewhere = join(root, '..', `${root.split('/').at(-1)}-elsewhere`);
      await mkdir(elsewhere);
      try {
        await writeFile(join(elsewhere, 'events'), 'secret');
        await mkdir(join(root, 'a', 'run'), { recursive: true });
        await writeFile(join(root, 'a', 'run', 'events'), 'x');
        await rename(join(root, 'a', 'run'), join(root, 'a', 'old'));
        await symlink(elsewhere, join(root, 'a', 'run'));
        await symlink(join(elsewhere, 'events'), join(root, 'a', 'link'));
        expect(await list('a/run')).toEqual(['file events']);
        expect(String(await readAll('a/run/events'))).toBe('secret');
        expect(String(await readAll('a/link'))).toBe('secret');
        for (const path of ['a/run/new', 'a/run/events', 'a/link'])
          expect(await problemOf(storage.openForAppend(path))).toBe('not-a-directory');
        expect(await problemOf(storage.makeDirectory('a/run/below'))).toBe('not-a-directory');
        expect(await problemOf(storage.makeDirectory('a/run'))).toBe('not-a-directory');
        expect(await readdir(elsewhere)).toEqual(['events']);
        expect(await readFile(join(elsewhere, 'events'), 'utf8')).toBe('secret');
      } finally {
        await rm(elsewhere, { recursive: true });
      }
    },
  );

  it('reads many files at once, however often their handles make room for each other', async () => {
    const paths = Array.from({ length: 100 }, (_, i) => `events-${i}`);
    for (const path of paths) await writeFile(join(root, path), path);
    const identities = await Promise.all(paths.map(async (path) => (await storage.stat(path))!.identity));
    for (let round = 0; round < 10; round++) {
      const reads = paths.flatMap((path, i) => {
        const offset = round % 3;
        // Several readers of a file that nobody has open: a page, the follower and a sender.
        return [1, 2, 3].map(
          async () => [path, await storage.read(path, identities[i]!, offset, 50)] as const,
        );
      });
      for (const [path, bytes] of await Promise.all(reads)) expect(String(bytes)).toBe(path.slice(round % 3));
    }
  });

  it('says what directory a link leads to', async () => {
    await mkdir(join(root, 'real'));
    await symlink('real', join(root, 'link'));
    const links = new Map<string, string | undefined>();
    await storage.list('.', ({ name, linkTo }) => links.set(name, linkTo));
    expect(links).toEqual(
      new Map([
        ['real', undefined],
        ['link', (await storage.directoryIdentity('real')) ?? ''],
      ]),
    );
    expect(await storage.directoryIdentity('link')).toBe(await storage.directoryIdentity('real'));
    expect(await storage.directoryIdentity('nothing')).toBeNull();
  });

  it('says that a logdir cannot be made, or is not a folder', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(openLocalLogdir(join(root, 'file'))).rejects.toThrow(/file cannot be used .*not a folder/);
    if (process.platform === 'linux')
      await expect(openLocalLogdir('/proc/self/nope')).rejects.toThrow(
        /^The logdir \/proc\/self\/nope cannot be used .*choose another\.$/,
      );
  });
});
