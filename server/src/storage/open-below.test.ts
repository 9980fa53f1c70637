import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { openFolderBelow } from './open-below.js';

it.skipIf(process.platform === 'win32')(
  'a folder below a link is not opened for writing, and neither is the link',
  async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'convscope-below-')));
    onTestFinished(() => rm(folder, { recursive: true }));
    const root = join(folder, 'logs');
    await mkdir(join(root, 'a', 'real'), { recursive: true });
    await mkdir(join(folder, 'elsewhere', 'sub'), { recursive: true });
    await symlink(join(folder, 'elsewhere'), join(root, 'a', 'link'));
    for (const path of ['a/link', 'a/link/sub']) {
      const opened = await openFolderBelow(root, path).catch(() => null);
      await opened?.close();
      expect(opened, path).toBeNull();
    }
    const real = await openFolderBelow(root, 'a/real');
    expect(real).not.toBeNull();
    await real!.close();
  },
);
