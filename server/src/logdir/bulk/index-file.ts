/**
 * The index of one event file as it is kept on disk: what `segment.ts` says of the stretches of the file, one after the
 * other. It is only ever added to, so that whatever moment its writer dies at, what is before is valid. A reader stops at
 * the first block that is not as it was written.
 *
 *   blocks: u32 magic | u32 type | u32 length | u32 zero | hash, 16 hexadecimal digits | content, up to a multiple of 16
 *
 * The first block says of which file it is. Notes say when the file was known to be as it was indexed.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from '@convscope/shared/zod.js';
import { WITHOUT_WAITING } from '../../machine/read-small-file.js';
import { hashOf } from './content-hash.js';

/** Another number when the format changes: indexes of other versions are made anew. */
const MAGIC = 0x37495643;
const BLOCK_HEAD_BYTES = 32;
/** The rest of an index after a longer block is ignored. A block is about as long as what was read for it, or shorter. */
const MOST_BLOCK_BYTES = 64 * 1024 * 1024;
/** How much of an index is read at a time, unless a block is longer. Most are read in one piece. */
const READ_BYTES = 16 * 1024 * 1024;
/** Blocks are written when there are so many bytes of them. */
const WRITTEN_AT_ONCE = 512 * 1024;
const TYPE = { file: 1, segment: 2, note: 3 } as const;

/** Links in the cache are not followed. Windows lacks the flag. */
export const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** Which file an index is of. */
export interface IndexedLog {
  /** How people know the file, and where: its absolute path. */
  readonly path: string;
  readonly identity: string;
  /** When the file was made, where the system says so. */
  readonly born: string;
}

const logSchema = z.object({ path: z.string(), identity: z.string(), born: z.string() });
const noteSchema = z.object({
  /** When the file changed last, at a moment after which all of it was read that is indexed. */
  unchangedSince: z.string(),
});

export interface IndexBlock {
  readonly segment?: Uint8Array;
  /** See noteSchema. */
  readonly unchangedSince?: string;
  /** Where the block ends in the index. */
  readonly end: number;
}

/** Reads the index at `path` from its beginning; null if there is none of this file. */
export async function openIndexFile(path: string, log: IndexedLog): Promise<IndexFileReader | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | NO_LINK | WITHOUT_WAITING);
  } catch {
    // None, or none that may be read: the file is read without one.
    return null;
  }
  const reader = new IndexFileReader(handle);
  try {
    await reader.begin();
    const block = await reader.readBlock();
    const found = block?.type === TYPE.file ? logSchema.safeParse(parsed(block.content)) : undefined;
    const { path: name, identity, born } = found?.data ?? {};
    if (name === log.path && identity === log.identity && born === log.born) return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
  await reader.close();
  return null;
}

/** Reads an index block by block. What it gives is not written to again, so that it can be kept as it is. */
export class IndexFileReader {
  readonly #handle: FileHandle;
  /** Bytes that were read and not taken. */
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;
  #size = 0;
  /** Where the blocks end that were read. */
  end = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Call it first. What is added to the index after that is not read. */
  async begin(): Promise<void> {
    this.#size = (await this.#handle.stat()).size;
  }

  /** The blocks after the first, up to the first that is damaged or not complete. */
  async *blocks(): AsyncGenerator<IndexBlock> {
    for (let block = await this.readBlock(); block !== null; block = await this.readBlock()) {
      const { end } = this;
      const { type, content } = block;
      if (type === TYPE.segment) yield { segment: content, end };
      else if (type === TYPE.note) {
        const note = noteSchema.safeParse(parsed(content));
        if (!note.success) return;
        yield { unchangedSince: note.data.unchangedSince, end };
      } else return;
    }
  }

  /** null at the end, or at what is not a block. */
  async readBlock(): Promise<{ type: number; content: Uint8Array } | null> {
    const head = await this.#take(BLOCK_HEAD_BYTES);
    if (head === null) return null;
    const [magic, type, length] = [head.readUInt32LE(0), head.readUInt32LE(4), head.readUInt32LE(8)];
    if (magic !== MAGIC || length > MOST_BLOCK_BYTES) return null;
    const hash = head.toString('latin1', 16);
    const padding = padded(length);
    const bytes = await this.#take(padding);
    const content = bytes?.subarray(0, length);
    if (content === undefined || hashOf(content) !== hash) return null;
    this.end += BLOCK_HEAD_BYTES + padding;
    return { type, content };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** The next bytes, which begin at a multiple of 16; null if there are not so many. */
  async #take(length: number): Promise<Buffer | null> {
    if (this.#rest.length < length) await this.#readMore(length);
    if (this.#rest.length < length) return null;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  async #readMore(least: number): Promise<void> {
    const before = this.#rest;
    const there = before.length + this.#size - this.#position;
    if (there < least) return;
    // Most of it is kept (see `applySegment`). Shared memory does not count as new, and causes no collections of garbage.
    const bytes = Buffer.from(new SharedArrayBuffer(Math.min(there, Math.max(least, READ_BYTES))));
    let filled = before.copy(bytes);
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, this.#position);
      if (bytesRead === 0) break;
      filled += bytesRead;
      this.#position += bytesRead;
    }
    this.#rest = bytes.subarray(0, filled);
  }
}

/** Adds to an index. After a failure nothing more is added. */
export class IndexFileWriter {
  readonly #handle: FileHandle;
  #end: number;
  /** What has not been written yet. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #hasFailed = false;

  /** @param end where the index ends */
  constructor(handle: FileHandle, end: number) {
    this.#handle = handle;
    this.#end = end;
  }

  /** Whether nothing more can be added. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Where the index ends, of what has been written. */
  get end(): number {
    return this.#end;
  }

  addFile(log: IndexedLog): void {
    this.#add(TYPE.file, Buffer.from(JSON.stringify(log)));
  }

  /** Resolves when there is room for more. Wait for it. */
  async addSegment(segment: Uint8Array): Promise<void> {
    this.#add(TYPE.segment, segment);
    if (this.#waitingBytes >= WRITTEN_AT_ONCE) await this.write();
  }

  addNote(unchangedSince: string): void {
    this.#add(TYPE.note, Buffer.from(JSON.stringify({ unchangedSince })));
  }

  async close(): Promise<void> {
    await this.write();
    // What could not be written is missing at the end, where the log is read instead.
    await this.#handle.close().catch(() => undefined);
  }

  #add(type: number, content: Uint8Array): void {
    const rest = new Uint8Array(padded(content.length) - content.length);
    const head = Buffer.alloc(BLOCK_HEAD_BYTES);
    head.writeUInt32LE(MAGIC, 0);
    head.writeUInt32LE(type, 4);
    head.writeUInt32LE(content.length, 8);
    head.write(hashOf(content), 16, 'latin1');
    this.#waiting.push(head, content);
    if (rest.length > 0) this.#waiting.push(rest);
    this.#waitingBytes += head.length + content.length + rest.length;
  }

  /** Writes what was added. */
  async write(): Promise<void> {
    const parts = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#hasFailed || parts.length === 0) return;
    try {
      const { size } = await this.#handle.stat();
      // Another hub has added to it, so that what this one knows is not what it holds.
      if (size !== this.#end) throw new Error('The index has grown.');
      await writeAll(this.#handle, parts, this.#end);
      this.#end += parts.reduce((sum, part) => sum + part.length, 0);
    } catch {
      // A full disk, or another hub: the index stays valid up to here, and the log is what counts.
      this.#hasFailed = true;
    }
  }
}

async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<void> {
  let left = parts;
  for (let at = offset; left.length > 0; ) {
    let { bytesWritten: written } = await handle.writev(left, at);
    at += written;
    // A disk may take fewer bytes than it was given.
    const next: Uint8Array[] = [];
    for (const part of left) {
      if (written < part.length) next.push(part.subarray(written));
      written = Math.max(0, written - part.length);
    }
    left = next;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 16) * 16;
}

function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
