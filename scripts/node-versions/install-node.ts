/** The Nodes that convscope supports, fetched with npm when they are needed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { userCacheDirectory } from '#server/machine/cache-directory.js';

/** The newest release of each supported line when this list was last updated. */
export const NODE_VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.12.1'] as const;

/** The package with the Node program for this machine, which npm's `node` package depends on. It has no install script. */
function packageName(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return `node-${platform}-${process.arch}`;
}

/** Path of a Node of that version, fetched with npm into the user's cache (50 MB) the first time. */
export async function provideNode(version: string): Promise<string> {
  const directory = join(userCacheDirectory(), 'node-versions', version);
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(directory, 'node_modules', packageName(), 'bin', program);
  if (existsSync(path)) return path;

  const staging = `${directory}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  try {
    await writeFile(join(staging, 'package.json'), '{"private":true}');
    const windows = process.platform === 'win32';
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${packageName()}@${version}`,
    ];
    const npm = spawn(windows ? 'npm.cmd' : 'npm', args, { cwd: staging, stdio: 'inherit', shell: windows });
    const code = await new Promise<number | null>((resolve, reject) => {
      npm.on('error', reject).on('close', resolve);
    });
    if (code !== 0)
      throw new Error(
        `npm could not fetch ${packageName()}@${version} (code ${code}). Is the registry within reach?`,
      );
    await rm(directory, { recursive: true, force: true });
    await rename(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return path;
}
