import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { z } from 'zod';
import { type CommandResult, runCommand } from '../machine/run-command.js';

const STOCK_LIBRARY = 'libtensorflow 2.9.1';
/** The library that the package downloads, and what it requires of the machine. */
export const STOCK = { library: STOCK_LIBRARY, cuda: 'CUDA 11.2 and cuDNN 8.1, from the machine' } as const;

/** A download without progress for so long is aborted. */
const DOWNLOAD_STALL_MILLISECONDS = 15_000;
/** Time limit for fetching or building the addon, once the library is there. */
const BUILD_MILLISECONDS = 10 * 60_000;

export interface OwnDownloadOptions {
  readonly packageDirectory: string;
  /** `node_modules/.bin` of the staged tree, which contains node-pre-gyp. */
  readonly binDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly stallMilliseconds?: number;
}

export type OwnDownloadResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const packageJsonSchema = z.object({ scripts: z.object({ install: z.string() }) });

async function bytesUnder(directory: string): Promise<number> {
  if (!existsSync(directory)) return 0;
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += await bytesUnder(path);
    // The file may be renamed meanwhile.
    else
      bytes += await stat(path).then(
        (info) => info.size,
        () => 0,
      );
  }
  return bytes;
}

function reasonOf(result: CommandResult): string {
  const text = `${result.stderr}\n${result.stdout}`;
  const line = /^\s*(?:Error|TAR_BAD_ARCHIVE|.*failed with error): ?(.*)$/m.exec(text)?.[1];
  return line?.trim() ?? `its install script ended with code ${result.code}`;
}

/**
 * Runs the package's own install step, which downloads libtensorflow and a prebuilt addon from storage.googleapis.com. A
 * download that stalls is aborted soon, because many machines cannot reach that host. On failure the package is left as it
 * was.
 */
export async function tryOwnDownload(options: OwnDownloadOptions): Promise<OwnDownloadResult> {
  const { packageDirectory, signal } = options;
  const manifest = join(packageDirectory, 'package.json');
  // The script rewrites the manifest and does not restore it when it fails.
  const manifestText = await readFile(manifest, 'utf8');
  const [, ...args] = packageJsonSchema.parse(JSON.parse(manifestText)).scripts.install.split(' ');
  const stallMilliseconds = options.stallMilliseconds ?? DOWNLOAD_STALL_MILLISECONDS;

  const stalled = new AbortController();
  let building = false;
  let bytes = 0;
  let changedAt = performance.now();
  let looking = false;
  const watch = setInterval(
    () => {
      if (looking) return;
      looking = true;
      bytesUnder(join(packageDirectory, 'deps'))
        .then((now) => {
          if (now !== bytes) changedAt = performance.now();
          bytes = now;
          const limit = building ? BUILD_MILLISECONDS : stallMilliseconds;
          if (performance.now() - changedAt > limit) stalled.abort(new Error('stalled'));
        })
        .catch((error: unknown) => stalled.abort(error))
        .finally(() => {
          looking = false;
        });
    },
    Math.min(1000, stallMilliseconds / 4),
  );

  let reason: string;
  try {
    const path = [options.binDirectory, options.env.PATH ?? ''].join(delimiter);
    const result = await runCommand(process.execPath, args, {
      cwd: packageDirectory,
      env: { ...options.env, PATH: path },
      signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
      onLine(line) {
        if (line.includes('Building TensorFlow Node.js bindings')) {
          building = true;
          changedAt = performance.now();
        }
      },
    });
    const addons = existsSync(join(packageDirectory, 'lib'))
      ? await readdir(join(packageDirectory, 'lib'))
      : [];
    if (result.code === 0 && addons.length > 0) return { ok: true };
    reason = result.code === 0 ? 'its install script left no addon' : reasonOf(result);
  } catch (error) {
    signal?.throwIfAborted();
    if (!stalled.signal.aborted) throw error;
    reason = building
      ? `its addon was not there after ${BUILD_MILLISECONDS / 60_000} minutes`
      : `no byte came for ${stallMilliseconds / 1000} s`;
  } finally {
    clearInterval(watch);
  }
  await rm(join(packageDirectory, 'deps'), { recursive: true, force: true });
  await rm(join(packageDirectory, 'lib'), { recursive: true, force: true });
  await rm(join(packageDirectory, 'build'), { recursive: true, force: true });
  await writeFile(manifest, manifestText);
  return { ok: false, reason };
}
