import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, runCommand } from '../machine/run-command.js';
import { findCompiler, InstallError } from './build-tools.js';
import { linkTree } from './link-tree.js';

export interface BuildOptions {
  /** The staged package, `…/node_modules/@tensorflow/<name>`. */
  readonly packageDirectory: string;
  /** The directory that `provideLibrary` returned. */
  readonly store: string;
  /** The include directory of the package node-api-headers. */
  readonly nodeApiHeaders: string;
  readonly withCuda: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the package's addon from its two sources against the library in the store, with the flags of its binding.gyp.
 * Only a C++ compiler is needed: the sources use the stable Node-API, whose headers come from npm, so neither node-gyp nor
 * Node's own headers (nodejs.org) are required.
 */
export async function buildAddon(options: BuildOptions): Promise<void> {
  const { packageDirectory, store, signal } = options;
  const compiler = await findCompiler(options.env, signal);
  const deps = join(packageDirectory, 'deps');
  const addonDirectory = join(packageDirectory, 'lib', 'napi-v8');
  await mkdir(addonDirectory, { recursive: true });
  await linkTree(join(store, 'lib'), join(deps, 'lib'));
  if (options.withCuda) await linkTree(join(store, 'nvidia'), join(deps, 'nvidia'));
  // libtensorflow_cc exports the C API that the addon expects from libtensorflow.
  await symlink('libtensorflow_cc.so.2', join(deps, 'lib', 'libtensorflow.so'));
  await symlink('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));

  options.onProgress(`building the addon with ${compiler}`);
  const result = await runCommand(
    compiler,
    [
      '-std=c++17',
      '-O2',
      '-fPIC',
      '-shared',
      '-w',
      '-DNAPI_VERSION=8',
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      '-DBUILDING_NODE_EXTENSION',
      `-I${packageDirectory}`,
      `-I${join(store, 'include')}`,
      `-I${options.nodeApiHeaders}`,
      join(packageDirectory, 'binding', 'tfjs_backend.cc'),
      join(packageDirectory, 'binding', 'tfjs_binding.cc'),
      `-L${join(deps, 'lib')}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      '-o',
      join(addonDirectory, 'tfjs_binding.node'),
    ],
    { cwd: packageDirectory, env: options.env, signal },
  );
  if (result.code !== 0) {
    throw new InstallError(
      `${compiler} could not build the addon between Node and TensorFlow. It said:\n${lastLines(result, 20)}`,
    );
  }
}
