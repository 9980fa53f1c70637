import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, tryCommand } from '../machine/run-command.js';
import type { NativeName } from '../tfjs/locate-native.js';
import { InstallError, npmCommand } from './build-tools.js';

/** The locked list of every package of the tree, with its hash; the same path seen from src and from dist. */
function lockDirectory(name: NativeName): string {
  return fileURLToPath(new URL(`../../native-lock/${name}`, import.meta.url));
}

/**
 * npm hands its settings to the scripts that it runs. What names the project it ran for would mislead the npm
 * that we start in another folder; registry, proxy and certificates stay.
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

/** The package and all that it needs, without running its install scripts, in `directory/node_modules`. */
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

/** Source maps are two thirds of the tree's size and are read by debuggers only. */
export async function dropSourceMaps(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await dropSourceMaps(path);
    else if (entry.isFile() && entry.name.endsWith('.map')) await rm(path);
  }
}
