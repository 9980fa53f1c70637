/**
 * Installs the native TensorFlow binding. One file, because the steps share one state: what is staged, what was tried, and why it
 * failed. Each step's work is in a file of its own.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { takeLock } from '../machine/file-lock.js';
import {
  NATIVE_VERSION,
  type NativeName,
  nativeTree,
  RECEIPT_FILE,
  type Receipt,
  readReceipt,
} from '../tfjs/locate-native.js';
import { buildAddon } from './build-addon.js';
import { findCompiler, InstallError } from './build-tools.js';
import { provideLibrary } from './library-store.js';
import { STOCK, tryOwnDownload } from './own-download.js';
import { dropSourceMaps, installPackageTree } from './package-tree.js';
import type { SmokeReport } from './smoke-report.js';
import { type TryResult, tryNative } from './try-native.js';
import { visibleGpus } from './visible-gpus.js';
import { type LibraryKind, type TensorflowLibrary, tensorflowLibrary } from './wheels.js';

export interface InstallOptions {
  /** Default: both, tfjs-node-gpu first. */
  readonly packages?: readonly NativeName[];
  /** convscope's cache directory; by default the user's. */
  readonly cacheDirectory?: string;
  /** Called with lines for the terminal. */
  readonly onProgress: (line: string) => void;
  /** Aborting kills every child process, removes partial results and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Whether tfjs-node-gpu gets TensorFlow with CUDA (2.4 GB to download). `auto`: when nvidia-smi shows a GPU.
   * Without one the package runs on the CPU library, the same as tfjs-node.
   */
  readonly cuda?: 'auto' | 'yes' | 'no';
  /** `auto`: the package's own download first, then PyPI. */
  readonly way?: 'auto' | 'own download' | 'PyPI';
  /** Environment of the commands; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** The library to fetch from PyPI; by default the pinned wheels for this machine. */
  readonly libraryFor?: (kind: LibraryKind) => TensorflowLibrary | { readonly refused: string };
}

export interface PackageReport {
  readonly name: NativeName;
  readonly outcome: 'installed' | 'already there' | 'failed';
  readonly seconds: number;
  /** For `failed`: what happened and what to do. */
  readonly error?: string;
  readonly directory?: string;
  readonly library?: string;
  readonly way?: Receipt['way'];
  readonly cuda?: string;
  readonly smoke?: SmokeReport;
}

export interface InstallReport {
  /** Whether every requested package loads and computes. */
  readonly ok: boolean;
  readonly cacheDirectory: string;
  readonly gpus: readonly string[];
  readonly packages: readonly PackageReport[];
  readonly seconds: number;
}

/** Peak disk space that an install of each kind needs for wheels, libraries and packages, with some reserve. */
const NEEDED_BYTES: Readonly<Record<LibraryKind, number>> = { cpu: 1.6e9, cuda: 8e9 };

interface Context {
  readonly options: InstallOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDirectory: string;
  /** `<cache>/native` */
  readonly nativeDirectory: string;
  readonly gpuVisible: boolean;
}

/**
 * Installs the native TensorFlow binding into the user's cache, outside of any node_modules: with the package's own
 * download, or else with TensorFlow's library from PyPI. Packages that are installed and work are left as they are.
 * Concurrent installs wait for each other. Errors of a package are in the report; only an abort rejects.
 */
export async function installNative(options: InstallOptions): Promise<InstallReport> {
  const { onProgress, signal } = options;
  const started = performance.now();
  const cacheDirectory = options.cacheDirectory ?? userCacheDirectory();
  const nativeDirectory = join(cacheDirectory, 'native');
  const { gpus, reason } = await visibleGpus(options.env, signal);
  onProgress(gpus.length > 0 ? `GPU: ${gpus.join('; ')}` : `no GPU is visible: ${reason}`);
  const context: Context = {
    options,
    env: options.env ?? process.env,
    cacheDirectory,
    nativeDirectory,
    gpuVisible: gpus.length > 0,
  };
  await mkdir(nativeDirectory, { recursive: true });
  const lock = await takeLock(join(nativeDirectory, 'install.lock'), {
    signal,
    onWait: (holder) => onProgress(`waiting for another install (${holder})`),
  });
  try {
    const packages = await installAll(context, options.packages ?? ['tfjs-node-gpu', 'tfjs-node']);
    return {
      ok: packages.every((report) => report.outcome !== 'failed'),
      cacheDirectory,
      gpus,
      packages,
      seconds: secondsSince(started),
    };
  } finally {
    await clearLeftovers(context);
    await lock.release();
  }
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

async function installAll(context: Context, names: readonly NativeName[]): Promise<PackageReport[]> {
  const { onProgress, signal } = context.options;
  const reports: PackageReport[] = [];
  await clearLeftovers(context);
  for (const name of names) {
    const started = performance.now();
    try {
      const report = await installOne(context, name);
      reports.push({ ...report, name, seconds: secondsSince(started) });
    } catch (error) {
      signal?.throwIfAborted();
      const sentence = messageOf(error);
      onProgress(`${name}: ${sentence}`);
      reports.push({ name, outcome: 'failed', seconds: secondsSince(started), error: sentence });
    }
  }
  return reports;
}

/** Removes what a killed install left behind. Safe, because the lock is held. */
async function clearLeftovers({ nativeDirectory }: Context): Promise<void> {
  await rm(join(nativeDirectory, 'staging'), { recursive: true, force: true });
}

/** The library that a package should have on this machine. */
function wantedKind(context: Context, name: NativeName): LibraryKind {
  if (name === 'tfjs-node') return 'cpu';
  const { cuda = 'auto' } = context.options;
  return cuda === 'yes' || (cuda === 'auto' && context.gpuVisible) ? 'cuda' : 'cpu';
}

async function installOne(
  context: Context,
  name: NativeName,
): Promise<Omit<PackageReport, 'name' | 'seconds'>> {
  const { onProgress, signal } = context.options;
  const kind = wantedKind(context, name);
  const present = await presentInstall(context, name, kind);
  if (present !== undefined) return present;

  await checkRoom(context, kind);
  const staging = join(context.nativeDirectory, 'staging', `${name}-${process.pid}-${randomUUID()}`);
  onProgress(`${name} ${NATIVE_VERSION}: installing its packages with npm`);
  await installPackageTree(name, staging, { env: context.env, signal });
  const { receipt, smoke } = await provideBinding(context, name, kind, staging);
  await dropSourceMaps(join(staging, 'node_modules'));
  await writeFile(join(staging, RECEIPT_FILE), `${JSON.stringify(receipt, null, 2)}\n`);
  const tree = await place(context, name, staging);
  onProgress(`${name}: installed ${receipt.library} (${receipt.way})`);
  return {
    outcome: 'installed',
    directory: join(tree, 'node_modules', '@tensorflow', name),
    library: receipt.library,
    way: receipt.way,
    cuda: receipt.cuda,
    smoke,
  };
}

/** The report for what is in the cache, if it is the wanted kind and still works. */
async function presentInstall(
  context: Context,
  name: NativeName,
  kind: LibraryKind,
): Promise<Omit<PackageReport, 'name' | 'seconds'> | undefined> {
  const { onProgress, signal } = context.options;
  const receipt = readReceipt(nativeTree(name, context.cacheDirectory));
  if (receipt === undefined) return undefined;
  if (kind === 'cuda' && receipt.kind === 'cpu') {
    onProgress(`${name}: what is in the cache has no CUDA; installing it again with CUDA`);
    return undefined;
  }
  const directory = join(nativeTree(name, context.cacheDirectory), 'node_modules', '@tensorflow', name);
  const tried = await tryNative(directory, signal);
  if (!tried.ok) {
    onProgress(`${name}: what is in the cache does not work (${tried.reason}); installing it again`);
    return undefined;
  }
  onProgress(`${name}: already there, ${receipt.library} (${receipt.way})`);
  return {
    outcome: 'already there',
    directory,
    library: receipt.library,
    way: receipt.way,
    cuda: receipt.cuda,
    smoke: tried.report,
  };
}

async function checkRoom(context: Context, kind: LibraryKind): Promise<void> {
  const { bavail, bsize } = await statfs(context.nativeDirectory);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES[kind]) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new InstallError(
    `The install needs ${gigabytes(NEEDED_BYTES[kind])} GB of space in ${context.nativeDirectory}, and ${gigabytes(free)} GB is free. ` +
      'Free some space, or point XDG_CACHE_HOME to another disk.',
  );
}

interface Binding {
  readonly receipt: Receipt;
  readonly smoke: SmokeReport;
}

/** Provides library and addon for the staged package: from its own download, or else from PyPI. */
async function provideBinding(
  context: Context,
  name: NativeName,
  kind: LibraryKind,
  staging: string,
): Promise<Binding> {
  const { onProgress, signal, way = 'auto' } = context.options;
  const packageDirectory = join(staging, 'node_modules', '@tensorflow', name);
  const base = { package: name, version: NATIVE_VERSION, installedAt: new Date().toISOString() };

  let ownReason = '';
  if (way !== 'PyPI') {
    onProgress(`${name}: trying the package's own download of ${STOCK.library}`);
    const own = await tryOwnDownload({
      packageDirectory,
      binDirectory: join(staging, 'node_modules', '.bin'),
      env: context.env,
      signal,
    });
    if (own.ok) {
      const tried = await tryNative(packageDirectory, signal);
      const useless = uselessReason(tried, kind);
      if (tried.ok && useless === undefined) {
        return { receipt: { ...base, ...STOCK, kind: 'stock', way: 'own download' }, smoke: tried.report };
      }
      ownReason = useless ?? 'it does not load';
      for (const folder of ['deps', 'lib', 'build'])
        await rm(join(packageDirectory, folder), { recursive: true, force: true });
    } else {
      ownReason = own.reason;
    }
    onProgress(`${name}: its own download does not work here (${ownReason})`);
    if (way === 'own download')
      throw new InstallError(`The own download of @tensorflow/${name} failed: ${ownReason}.`);
  }

  const library = (context.options.libraryFor ?? libraryForThisMachine)(kind);
  if ('refused' in library) {
    const before = ownReason === '' ? '' : `The package's own download failed (${ownReason}). `;
    throw new InstallError(`${before}${library.refused}`);
  }
  // Find it before the long download.
  await findCompiler(context.env, signal);
  const store = await provideLibrary(library, {
    nativeDirectory: context.nativeDirectory,
    env: context.env,
    onProgress: (line) => onProgress(`${name}: ${line}`),
    signal,
  });
  await buildAddon({
    packageDirectory,
    store,
    nodeApiHeaders: join(staging, 'node_modules', 'node-api-headers', 'include'),
    withCuda: kind === 'cuda',
    env: context.env,
    onProgress: (line) => onProgress(`${name}: ${line}`),
    signal,
  });
  onProgress(`${name}: trying it`);
  const tried = await tryNative(packageDirectory, signal);
  if (!tried.ok)
    throw new InstallError(`@tensorflow/${name} was built, but it does not work here: ${tried.reason}.`);
  return {
    receipt: { ...base, library: library.library, cuda: library.cuda, kind: library.kind, way: 'PyPI' },
    smoke: tried.report,
  };
}

function uselessReason(tried: TryResult, kind: LibraryKind): string | undefined {
  if (!tried.ok) return tried.reason;
  if (kind !== 'cuda' || tried.report.gpu) return undefined;
  const missing = tried.missingGpuLibraries;
  return missing.length > 0
    ? `it cannot use the GPU: ${missing.join(', ')} is not on this machine; it needs ${STOCK.cuda}`
    : 'it does not use the GPU';
}

function libraryForThisMachine(kind: LibraryKind): TensorflowLibrary | { readonly refused: string } {
  const header: unknown = Reflect.get(process.report.getReport(), 'header');
  const glibc: unknown =
    typeof header === 'object' && header !== null ? Reflect.get(header, 'glibcVersionRuntime') : undefined;
  return tensorflowLibrary(kind, {
    platform: process.platform,
    arch: process.arch,
    glibc: typeof glibc === 'string' ? glibc : undefined,
  });
}

/** Renames the finished tree into place, and then removes the previous one. */
async function place(context: Context, name: NativeName, staging: string): Promise<string> {
  const tree = nativeTree(name, context.cacheDirectory);
  if (existsSync(tree)) {
    const old = join(context.nativeDirectory, 'staging', `old-${randomUUID()}`);
    await rename(tree, old);
  }
  await rename(staging, tree);
  return tree;
}
