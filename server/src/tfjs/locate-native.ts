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

/** The version of both packages that this project is built against. */
export const NATIVE_VERSION = '4.22.0';

export interface NativeLocation {
  /** The package itself, `…/node_modules/@tensorflow/<name>`: `createRequire(…)(directory)` loads it. */
  readonly directory: string;
  readonly source: 'installed by you' | 'convscope cache';
  /** The TensorFlow library behind it, such as `libtensorflow 2.15.1`. */
  readonly library: string;
}

export interface LocateOptions {
  /** Of the convscope cache; the user's own by default. */
  readonly cacheDirectory?: string;
  /** Where a package that the user installed is looked for, beside convscope's own node_modules. */
  readonly workingDirectory?: string;
}

/** Written beside an installed tree once it has passed its smoke test: without it the tree does not count. */
export const RECEIPT_FILE = 'convscope-native.json';

export const receiptSchema = z.object({
  package: z.enum(['tfjs-node', 'tfjs-node-gpu']),
  version: z.string(),
  library: z.string(),
  /** `own download`: the package's install script; `PyPI`: TensorFlow's Python wheel. */
  way: z.enum(['own download', 'PyPI']),
  /** `stock`: what the package downloads itself; `cpu` and `cuda`: which wheel. */
  kind: z.enum(['stock', 'cpu', 'cuda']),
  cuda: z.string(),
  installedAt: z.string(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/**
 * The tree of one package in the cache. The addon speaks Node-API 8, which every Node from 20 on does, so the
 * binary interface in the name is that and not Node's own: an update of Node keeps the install.
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
    // A damaged receipt is a damaged install: as good as none, and the next install replaces it.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Whether the addon was built or unpacked: npm with --ignore-scripts leaves the package without it. */
function hasAddon(directory: string): boolean {
  const lib = join(directory, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

/** The library's version, from the name of its file; stock packages keep `libtensorflow.so.2.9.1`. */
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
 * Where the native binding lies, without loading it: what the user has installed comes first, then
 * convscope's cache. Undefined when neither has it with its addon.
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
