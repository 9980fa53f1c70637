import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, tryCommand } from '../machine/run-command.js';
import type { NativeName } from '../tfjs/locate-native.js';
import { InstallError, npmCommand } from './build-tools.js';

/** The lock files of the trees. The path is the same from src and from dist. */
function lockDirectory(name: NativeName): string {
  return fileURLToPath(new URL(`../../native-lock/${name}`, import.meta.url));
}

/**
 * npm passes its settings to the scripts that it runs. Settings that name the current project would mislead an npm that is
 * started in another directory, so they are removed. Registry, proxy and certificate settings are kept.
 */
export function environmentForNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const misleading =
    /^npm_(package|lifecycle)_|^npm_config_(local_prefix|prefix|global|workspaces?|include_workspace_root|omit|include|save.*)$|^INIT_CWD$/;
  return Object.fromEntries(Object.entries(env).filter(([key]) => !misleading.test(key)));
}

export interface PackageTreeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Installs the package and its dependencies in `directory/node_modules`, without running install scripts. */
export async function installPackageTree(
  name: NativeName,
  directory: string,
  options: PackageTreeOptions,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(lockDirectory(name), file), join(directory, file));
  }
  const { command, args } = npmCommand(options.env);
  const result = await tryCommand(
    command,
    [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: directory, env: environmentForNpm(options.env), signal: options.signal },
  );
  if (result === undefined) {
    throw new InstallError(
      'npm was not found in PATH. It comes with Node: install Node from nodejs.org or your system, then run this again.',
    );
  }
  if (result.code !== 0) {
    throw new InstallError(
      `npm could not install @tensorflow/${name}. Check that this machine reaches its npm registry. npm said:\n${lastLines(result)}`,
    );
  }
}

/** Removes source maps: two thirds of the tree's size, and used by debuggers only. */
export async function dropSourceMaps(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await dropSourceMaps(path);
    else if (entry.isFile() && entry.name.endsWith('.map')) await rm(path);
  }
}
