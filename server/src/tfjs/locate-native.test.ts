import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../native-install/testing/fake-commands.js';
import { locateNative, nativeTree, RECEIPT_FILE } from './locate-native.js';

const RECEIPT = {
  package: 'tfjs-node-gpu',
  version: '4.22.0',
  library: 'libtensorflow 2.15.1',
  way: 'PyPI',
  kind: 'cpu',
  cuda: 'none (the CPU library)',
  installedAt: '2026-01-01T00:00:00.000Z',
};

describe('locating the native binding', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const locate = () =>
    locateNative('tfjs-node-gpu', { cacheDirectory: directory, workingDirectory: join(directory, 'work') });

  async function putPackage(folder: string, { addon }: { addon: boolean }): Promise<string> {
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    await mkdir(join(home, 'deps', 'lib'), { recursive: true });
    await writeFile(join(home, 'package.json'), '{"name":"@tensorflow/tfjs-node-gpu"}');
    await writeFile(join(home, 'deps', 'lib', 'libtensorflow.so.2.9.1'), '');
    if (addon) {
      await mkdir(join(home, 'lib', 'napi-v8'), { recursive: true });
      await writeFile(join(home, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    }
    return home;
  }
  async function putInCache(receipt: string): Promise<string> {
    const tree = nativeTree('tfjs-node-gpu', directory);
    const home = await putPackage(tree, { addon: true });
    await writeFile(join(tree, RECEIPT_FILE), receipt);
    return home;
  }

  it('returns undefined if nothing is installed', () => {
    expect(locate()).toBeUndefined();
  });

  it('finds a package in the cache, with the library that its receipt names', async () => {
    const home = await putInCache(JSON.stringify(RECEIPT));
    expect(locate()).toEqual({ directory: home, source: 'convscope cache', library: 'libtensorflow 2.15.1' });
  });

  it('ignores a package in the cache with a missing or damaged receipt', async () => {
    await putInCache('{"package":');
    expect(locate()).toBeUndefined();
    await rm(join(nativeTree('tfjs-node-gpu', directory), RECEIPT_FILE));
    expect(locate()).toBeUndefined();
  });

  it('prefers a package that the user installed, and names the stock library by its file', async () => {
    await putInCache(JSON.stringify(RECEIPT));
    const home = await putPackage(join(directory, 'work'), { addon: true });
    expect(locate()).toEqual({ directory: home, source: 'installed by you', library: 'libtensorflow 2.9.1' });
  });

  it('ignores a package of the user that has no addon', async () => {
    await putPackage(join(directory, 'work'), { addon: false });
    expect(locate()).toBeUndefined();
    const home = await putInCache(JSON.stringify(RECEIPT));
    expect(locate()?.directory).toBe(home);
  });
});
