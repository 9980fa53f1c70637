import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { codeOf } from '../machine/error-code.js';

export type NativeName = 'tfjs-node' | 'tfjs-node-gpu';

export const NATIVE_NAMES: readonly NativeName[] = ['tfjs-node-gpu', 'tfjs-node'];

/** The version of both packages that convscope is built for. */
export const NATIVE_VERSION = '4.22.0';

export interface NativeLocation {
  /** The package's directory, `…/node_modules/@tensorflow/<name>`; `createRequire(…)(directory)` loads it. */
  readonly directory: string;
  readonly source: 'installed by you' | 'convscope cache';
  /** The TensorFlow library behind it, such as `libtensorflow 2.15.1`. */
  readonly library: string;
}

export interface LocateOptions {
  /** convscope's cache folder; defaults to the user's. */
  readonly cacheDirectory?: string;
  /** Where to look for a package that the user installed, in addition to convscope's own node_modules. */
  readonly workingDirectory?: string;
}

/** Written beside an installed package once it has passed its smoke test. A package without it is ignored. */
export const RECEIPT_FILE = 'convscope-native.json';

export const receiptSchema = z.object({
  package: z.enum(['tfjs-node', 'tfjs-node-gpu']),
  version: z.string(),
  library: z.string(),
  /** `own download`: by the package's install script; `PyPI`: from TensorFlow's Python wheel. */
  way: z.enum(['own download', 'PyPI']),
  /** `stock`: the library that the package downloads itself; `cpu` and `cuda`: the kind of wheel. */
  kind: z.enum(['stock', 'cpu', 'cuda']),
  cuda: z.string(),
  installedAt: z.string(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/**
 * The folder of a package in the cache. The addon uses only Node-API 8, which every Node from 20 on supports. So the name
 * contains that version and not Node's, and an update of Node keeps the installation.
 */
export function nativeTree(name: NativeName, cacheDirectory: string = userCacheDirectory()): string {
  const platform = `${process.platform}-${process.arch}`;
  return join(cacheDirectory, 'native', `${name}-${NATIVE_VERSION}-napi8-${platform}`);
}

export function readReceipt(tree: string): Receipt | undefined {
  const file = join(tree, RECEIPT_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return receiptSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // A damaged receipt counts as a missing one; the next installation replaces it.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Whether the package has its addon, which npm with --ignore-scripts leaves out. */
function hasAddon(directory: string): boolean {
  const lib = join(directory, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

/** The library's version from its file name, such as `libtensorflow.so.2.9.1` in stock packages. */
function libraryOf(directory: string): string {
  const folder = join(directory, 'deps', 'lib');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) {
    const version = /^libtensorflow(?:_cc)?\.(?:so\.)?(\d+\.\d+\.\d+)/.exec(name)?.[1];
    if (version !== undefined) return `libtensorflow ${version}`;
  }
  return 'libtensorflow (version unknown)';
}

function resolvePackage(name: NativeName, from: string): string | undefined {
  try {
    return dirname(createRequire(from).resolve(`@tensorflow/${name}/package.json`));
  } catch (error) {
    if (codeOf(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Finds the native binding without loading it: first a package that the user installed, then convscope's cache.
 * Undefined if neither has the package with its addon.
 */
export function locateNative(name: NativeName, options: LocateOptions = {}): NativeLocation | undefined {
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const origins = [import.meta.url, pathToFileURL(join(workingDirectory, 'package.json')).href];
  for (const origin of origins) {
    const directory = resolvePackage(name, origin);
    if (directory !== undefined && hasAddon(directory)) {
      return { directory, source: 'installed by you', library: libraryOf(directory) };
    }
  }
  const tree = nativeTree(name, options.cacheDirectory);
  const receipt = readReceipt(tree);
  const directory = join(tree, 'node_modules', '@tensorflow', name);
  if (receipt === undefined || !hasAddon(directory)) return undefined;
  return { directory, source: 'convscope cache', library: receipt.library };
}
