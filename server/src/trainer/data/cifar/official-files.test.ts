import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainingStatistics } from '../training-data.js';
import { readOfficialFiles } from './official-files.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const SUBSET = join(fixtures, 'cifar10-subset');

describe('reading the official binary files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convscope-cifar-'));
    await cp(SUBSET, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads a set that is declared as a subset, and computes its statistics', async () => {
    const data = await readOfficialFiles(SUBSET);
    const truth = JSON.parse(await readFile(join(fixtures, 'cifar10-subset-statistics.json'), 'utf8')) as {
      mean: number[];
      std: number[];
      train_labels_first_20: number[];
      first_train_pixel_planes: number[][];
    };
    expect(data).toMatchObject({ name: 'CIFAR-10 subset (400 + 200 pictures)', synthetic: false });
    expect([data.train.labels.length, data.test.labels.length]).toEqual([400, 200]);
    expect([...data.train.labels.subarray(0, 20)]).toEqual(truth.train_labels_first_20);
    expect([0, 1024, 2048].map((at) => data.train.planes[0]![at])).toEqual(truth.first_train_pixel_planes[0]);
    for (const channel of [0, 1, 2]) {
      expect(data.mean[channel]).toBeCloseTo(truth.mean[channel]!, 12);
      expect(data.std[channel]).toBeCloseTo(truth.std[channel]!, 12);
    }
    expect(trainingStatistics(data.train)).toEqual({ mean: data.mean, std: data.std });
  });

  it('refuses an undeclared subset, and says what was expected and found', async () => {
    await rm(join(folder, 'subset.json'));
    await expect(readOfficialFiles(folder)).rejects.toThrow(
      /data_batch_\d\.bin is (missing|not CIFAR-10's: expected 10000 pictures in 30730000 bytes, found 1229200 bytes)/,
    );
  });

  it('refuses a changed pixel by its hash', async () => {
    const file = join(folder, 'test_batch.bin');
    const bytes = await readFile(file);
    bytes[100]! ^= 1;
    await writeFile(file, bytes);
    await expect(readOfficialFiles(folder)).rejects.toThrow(
      /test_batch\.bin is not CIFAR-10's: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
    );
  });

  it('refuses a label that no class has, and names the picture', async () => {
    const file = join(folder, 'data_batch_1.bin');
    const bytes = await readFile(file);
    bytes[3073 * 7] = 10;
    await writeFile(file, bytes);
    await expect(readOfficialFiles(folder)).rejects.toThrow(
      "is not CIFAR-10's: expected labels 0 to 9, found 10 at picture 7.",
    );
  });

  it('refuses a cut file', async () => {
    const file = join(folder, 'test_batch.bin');
    await writeFile(file, (await readFile(file)).subarray(0, 5000));
    await expect(readOfficialFiles(folder)).rejects.toThrow(
      'expected 200 pictures in 614600 bytes, found 5000 bytes',
    );
  });

  it('says which files it wants when one is missing', async () => {
    await rm(join(folder, 'test_batch.bin'));
    await expect(readOfficialFiles(folder)).rejects.toThrow(
      /test_batch\.bin is missing\. --data must be a folder with the official binary batches: data_batch_1\.bin, /,
    );
  });
});
