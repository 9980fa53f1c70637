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
  const read = (at: number, bytes: number) => storage.read(path, identity, at, bytes);
  // The header and what follows in one call, as most events are short.
  const begin = await read(offset, FRAME_HEADER_BYTES + Math.min(PIECE_BYTES, length));
  if (begin === null || begin.length < FRAME_HEADER_BYTES) return null;
  const stored = new DataView(begin.buffer, begin.byteOffset, 8).getBigUint64(0, true);
  if (stored !== BigInt(length)) return 'changed';
  return pieces(path, begin.subarray(FRAME_HEADER_BYTES), length, (at, bytes) =>
    read(offset + FRAME_HEADER_BYTES + at, bytes),
  );
}

async function* pieces(
  path: string,
  first: Uint8Array,
  length: number,
  read: (at: number, bytes: number) => Promise<Uint8Array | null>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, length - at);
    const bytes = at === 0 ? first : await read(at, wanted);
    if (bytes?.length !== wanted)
      throw new Error(`${path} was shortened or replaced while it was being read.`);
    yield bytes;
  }
}
