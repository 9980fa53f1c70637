import type { SummaryValue } from '@convscope/shared/event-log/decode-event.js';
import { createEventReader } from '@convscope/shared/event-log/event-reader.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import type { LogStorage } from '../storage/storage.js';
import { storageProblemOf } from '../storage/storage-error.js';

const STEP_BYTES = 64 * 1024;
/** How much is read at most. The run start of a large net is about 50 kB. */
const HEAD_BYTES = 4 * 1024 * 1024;

/** Whose file it is: a convscope run's, another writer's, or one that ends within its first record. */
export type FileOwner = { readonly runUid: string } | 'other' | 'cut short';

/**
 * Reads the owner from the beginning of an event file. A file that may not be read, or whose run start this version cannot
 * read, counts as another writer's: its run keeps its name, and a new run gets the next one.
 */
export async function readFileOwner(storage: LogStorage, path: string): Promise<FileOwner> {
  let owner: FileOwner | null = null;
  const reader = createEventReader({
    onEvent(event) {
      if (owner || event.values.length === 0) return;
      owner = ownerOf(event.values[0]!);
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

function ownerOf(first: SummaryValue): FileOwner {
  if (first.kind !== 'run-start') return 'other';
  try {
    const record = first.toRecord();
    return record.kind === 'run-start' ? { runUid: record.start.runUid } : 'other';
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return 'other';
  }
}
