import type { LogStorage } from '../storage/storage.js';
import { storageProblemOf } from '../storage/storage-error.js';
import { createEventReader } from './event-reader.js';

const STEP_BYTES = 64 * 1024;
/** How much is read at most. The run start of a large net is about 50 kB. */
const HEAD_BYTES = 4 * 1024 * 1024;

/** Whose file it is: a convscope run's, another writer's, or one that ends within its first record. */
export type FileOwner = { readonly runUid: string } | 'other' | 'cut short';

/** Reads the owner from the beginning of an event file. A file without read permission counts as another writer's. */
export async function readFileOwner(storage: LogStorage, path: string): Promise<FileOwner> {
  let owner: FileOwner | null = null;
  const reader = createEventReader({
    onEvent(event) {
      if (owner || event.values.length === 0) return;
      const first = event.values[0]!;
      const record = first.kind === 'run-start' ? first.toRecord() : null;
      owner = record?.kind === 'run-start' ? { runUid: record.start.runUid } : 'other';
    },
    onGap() {
      owner ??= 'other';
    },
  });
  try {
    const file = await storage.stat(path);
    if (!file) return 'other';
    for (let offset = 0; !owner && offset < HEAD_BYTES; ) {
      const bytes = await storage.read(path, file.identity, offset, STEP_BYTES);
      if (!bytes) return 'other';
      if (bytes.length === 0) return 'cut short';
      reader.push(bytes);
      offset += bytes.length;
    }
    return owner ?? 'other';
  } catch (error) {
    if (storageProblemOf(error) === 'forbidden') return 'other';
    throw error;
  }
}
