import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type PictureSet, type TrainingData, trainingStatistics } from '../training-data.js';
import { CLASSES, FULL_SET, RECORD_BYTES, SIDE, TEST_FILES, TRAIN_FILES } from './facts.js';

/** A file that marks a directory as a subset of CIFAR-10, and describes it. */
export const SUBSET_FILE = 'subset.json';

const subsetSchema = z.object({
  name: z.string().min(1),
  files: z.record(z.string(), z.object({ pictures: z.number().int().positive(), sha256: z.string() })),
});

/**
 * Reads the official binary layout: files of 3,073-byte records, each a label and the red, green and blue planes of
 * 32 × 32 pixels. The pictures are views of the files' bytes, without copies.
 * @throws Error that names the file, what was expected and what was found, when a file is missing or different.
 */
export async function readOfficialFiles(directory: string): Promise<TrainingData> {
  const subset = await readSubset(directory);
  const expected = subset?.files ?? FULL_SET.files;
  const [train, test] = await Promise.all(
    [TRAIN_FILES, TEST_FILES].map((names) =>
      Promise.all(
        names.filter((name) => name in expected).map((name) => readOne(directory, name, expected[name]!)),
      ),
    ),
  );
  if (train!.length === 0 || test!.length === 0) {
    throw new Error(
      `${join(directory, SUBSET_FILE)} does not name a training file (${TRAIN_FILES.join(', ')}), or not ${TEST_FILES[0]}.`,
    );
  }
  const trainSet = pictureSet(train!);
  const statistics = subset === undefined ? FULL_SET.statistics : trainingStatistics(trainSet);
  return {
    name: subset?.name ?? 'CIFAR-10',
    synthetic: false,
    classes: CLASSES,
    train: trainSet,
    test: pictureSet(test!),
    ...statistics,
  };
}

async function readSubset(directory: string): Promise<z.infer<typeof subsetSchema> | undefined> {
  const file = join(directory, SUBSET_FILE);
  if (!existsSync(file)) return undefined;
  const parsed = subsetSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} does not describe a subset: ${z.prettifyError(parsed.error)}`);
}

async function readOne(
  directory: string,
  name: string,
  expected: { readonly pictures: number; readonly sha256: string },
): Promise<Buffer> {
  const file = join(directory, name);
  if (!existsSync(file)) {
    throw new Error(
      `${file} is missing. --data must be a folder with the official binary batches: ${[...TRAIN_FILES, ...TEST_FILES].join(', ')}.`,
    );
  }
  const bytes = await readFile(file);
  const wanted = expected.pictures * RECORD_BYTES;
  if (bytes.length !== wanted) {
    throw new Error(
      `${file} is not CIFAR-10's: expected ${expected.pictures} pictures in ${wanted} bytes, found ${bytes.length} bytes.`,
    );
  }
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
    if (bytes[at]! >= CLASSES.length) {
      throw new Error(
        `${file} is not CIFAR-10's: expected labels 0 to ${CLASSES.length - 1}, found ${bytes[at]} at picture ${at / RECORD_BYTES}.`,
      );
    }
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== expected.sha256) {
    throw new Error(`${file} is not CIFAR-10's: expected SHA-256 ${expected.sha256}, found ${sha256}.`);
  }
  return bytes;
}

function pictureSet(files: readonly Buffer[]): PictureSet {
  const counts = files.map((file) => file.length / RECORD_BYTES);
  const labels = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
  const planes: Uint8Array[] = [];
  let next = 0;
  files.forEach((file, index) => {
    for (let i = 0; i < counts[index]!; i++, next++) {
      labels[next] = file[i * RECORD_BYTES]!;
      planes.push(file.subarray(i * RECORD_BYTES + 1, (i + 1) * RECORD_BYTES));
    }
  });
  return { side: SIDE, labels, planes };
}
