import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cifarDirectory } from '../trainer/data/cifar/cache.js';
import { FULL_SET } from '../trainer/data/cifar/facts.js';
import type { Check } from './report.js';

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

/** Checks whether CIFAR-10 is in the cache, complete and with the right checksums. */
export async function checkData(cacheDirectory: string): Promise<Check> {
  const name = 'CIFAR-10';
  const directory = cifarDirectory(cacheDirectory);
  if (!existsSync(directory)) {
    return {
      name,
      status: 'note',
      text: 'is not in the cache yet',
      advice:
        'The first training downloads it (139 MB). Without a network, point --data at the official binary batches.',
    };
  }
  const wrong: string[] = [];
  for (const [file, { sha256 }] of Object.entries(FULL_SET.files)) {
    const path = join(directory, file);
    if (!existsSync(path)) wrong.push(`${file} is missing`);
    else if ((await sha256Of(path)) !== sha256) wrong.push(`${file} has the wrong checksum`);
  }
  if (wrong.length === 0)
    return { name, status: 'ok', text: `is in the cache and its checksums match (${directory})` };
  return {
    name,
    status: 'problem',
    text: `in the cache is damaged: ${wrong.join(', ')}`,
    advice: `Delete ${directory}; the next training downloads it again.`,
  };
}
