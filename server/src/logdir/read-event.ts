import { FRAME_HEADER_BYTES } from '@convscope/shared/event-log/frame.js';
import type { LogStorage } from '../storage/storage.js';
import type { FollowedFile } from './followed-file.js';

/** Events are read for viewers in pieces of this size. */
const PIECE_BYTES = 1024 * 1024;

/**
 * The data of an event that the index lists, in pieces; null if it lists none there or the file has been replaced.
 * 'changed' means that the file holds something else there now.
 */
export async function readEvent(
  storage: LogStorage,
  file: FollowedFile | undefined,
  offset: number,
  length: number,
): Promise<AsyncIterable<Uint8Array> | 'changed' | null> {
  if (!file?.identity || !file.ranges.has(offset, length)) return null;
  const { path, identity } = file;
  const header = await storage.read(path, identity, offset, FRAME_HEADER_BYTES);
  if (header?.length !== FRAME_HEADER_BYTES) return null;
  const stored = new DataView(header.buffer, header.byteOffset, 8).getBigUint64(0, true);
  if (stored !== BigInt(length)) return 'changed';
  return pieces(storage, path, identity, offset + FRAME_HEADER_BYTES, length);
}

async function* pieces(storage: LogStorage, path: string, identity: string, offset: number, length: number) {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, length - at);
    const bytes = await storage.read(path, identity, offset + at, wanted);
    if (bytes?.length !== wanted)
      throw new Error(`${path} was shortened or replaced while it was being read.`);
    yield bytes;
  }
}
