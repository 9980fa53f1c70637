/** The file of a sender, as it is sent and as a store takes it. */
import type { IngestAnswer } from '@convscope/shared/protocol/ingest.js';
import { vi } from 'vitest';
import { openLocalLogdir } from '../../../storage/local-storage.js';
import type { LogStorage } from '../../../storage/storage.js';
import { runHead, scalar, uid } from '../../testing/run-bytes.js';
import { createIngestStore } from '../ingest-store.js';

export const FILE = 'events.out.tfevents.1.host.1.0';
export const fileOf = (digit: string, run = 'run') => ({ runUid: uid(digit), run, file: FILE });

/** A whole file of a sender: head and points. */
export function fileBytes(digit: string, points = 50): Buffer {
  return Buffer.concat([
    runHead(uid(digit)),
    ...Array.from({ length: points }, (_, i) => scalar('train/loss', i, i)),
  ]);
}

export function lengthOf(answer: IngestAnswer): number {
  if (!answer.ok) throw new Error(answer.error);
  return answer.length;
}

/** Sends what the hub does not have, as a sender does: from where the answer says, in stretches. */
export async function sendRest(
  write: (offset: number, bytes: Uint8Array) => Promise<IngestAnswer>,
  length: number,
  bytes: Buffer,
  stretch = 300,
): Promise<void> {
  for (let at = length; at < bytes.length; ) at = lengthOf(await write(at, bytes.subarray(at, at + stretch)));
}

export async function storeOn(
  root: string,
  change: (storage: LogStorage) => LogStorage = (storage) => storage,
) {
  const appended = vi.fn();
  const senders = vi.fn();
  return {
    ...createIngestStore({ storage: change(await openLocalLogdir(root)), appended, senders }),
    appended,
    senders,
  };
}
