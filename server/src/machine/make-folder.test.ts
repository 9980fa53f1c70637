import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { makeFolder, makeFolderSync } from './make-folder.js';

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path: string, mode?: number) => makeFolderSync(path, mode)],
])('%s', (_name, make) => {
  it('makes every folder that is missing, and nothing of one that is there', async () => {
    const root = await temporaryFolder();
    const path = join(root, 'a', 'b', 'c');
    await make(path, 0o700);
    await make(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect((await stat(join(root, 'a'))).mode & 0o077).toBe(0);
  });

  it('takes a link to a folder for the folder', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'link'));
    await make(join(root, 'link', 'below'));
    expect((await stat(join(root, 'real', 'below'))).isDirectory()).toBe(true);
  });

  it('fails below a file', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'file'), '');
    await expect(make(join(root, 'file', 'below', 'it'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')('fails where the system lets nobody make folders', async () => {
    await expect(make('/proc/self/nope')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(make('/proc/self/nope/deeper')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
