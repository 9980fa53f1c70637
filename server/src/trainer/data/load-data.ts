import { cachedCifar } from './cifar/cache.js';
import { readOfficialFiles } from './cifar/official-files.js';
import { syntheticData } from './synthetic-data.js';
import type { TrainingData } from './training-data.js';

export interface LoadDataOptions {
  /** A folder with the official binary batches, `synthetic`, or undefined for the user's cache. */
  readonly data?: string | undefined;
  readonly seed: number;
  readonly cacheDirectory?: string | undefined;
  readonly signal: AbortSignal;
  onProgress(what: string, fraction: number): void;
}

export async function loadData(options: LoadDataOptions): Promise<TrainingData> {
  const { data, seed } = options;
  if (data === 'synthetic') return syntheticData(seed);
  return readOfficialFiles(data ?? (await cachedCifar(options)));
}
