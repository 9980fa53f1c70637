import type { ReadingState } from '@convscope/shared/event-log/event-reader.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { LogStorage, StoredFile } from '../storage/storage.js';
import { ContentHash, HASHED_AT_ONCE, hashOf, SAMPLE_BYTES } from './bulk/content-hash.js';
import type { IndexedLog, IndexFileReader, IndexFileWriter } from './bulk/index-file.js';
import type { IndexFolder } from './bulk/index-folder.js';
import { mergeSegments } from './bulk/merge-segments.js';
import type { ReadStretch, SegmentHead } from './bulk/segment.js';

/** How many stretches lie between two of which a part is compared with the file before the index is used. */
const COMPARED_EVERY = 8;
/** A file that changed so recently may change again without another time, as clocks of file systems are coarse. */
const SETTLED_SECONDS = 2;

/** The index of one file, and what is known of it. */
export class KeptIndex {
  readonly log: IndexedLog;
  /** Where the reading of the file goes on after what is indexed. */
  state: ReadingState = { place: { offset: 0 }, plugins: new Map() };
  lastStep: number | null = null;
  /** Whether all of it fits the file. If not, parts of it do. */
  isVerified = true;
  /** Whether it is being added to, or cannot be any more. */
  isBusy = false;
  readonly #folder: IndexFolder;
  readonly #blockBytes: number;
  /** Where the index ends. */
  #end = 0;
  /** What was read for each stretch, while it is not verified. */
  #reads: ReadStretch[] = [];
  #writer: IndexFileWriter | null = null;
  /** What has not been written yet. The index of the run holds most of it anyway. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /** @param blockBytes segments are merged and written when they have so many bytes together */
  constructor(folder: IndexFolder, log: IndexedLog, blockBytes: number) {
    this.#folder = folder;
    this.log = log;
    this.#blockBytes = blockBytes;
  }

  /** How much of the file is indexed. */
  get covered(): number {
    return this.state.place.offset;
  }

  /**
   * Reads the index that an earlier hub has left. `apply` takes each segment and returns its head, and where the reading
   * goes on after it. Resolves to 'none' if there is no index, and to 'stale' if it turned out not to fit after some of it
   * was applied.
   */
  async restore(
    file: StoredFile,
    path: string,
    storage: LogStorage,
    apply: (segment: Uint8Array) => { head: SegmentHead; state: ReadingState },
  ): Promise<'none' | 'restored' | 'stale'> {
    const reader = await this.#folder.open(this.log).catch(() => null);
    if (reader === null) return 'none';
    try {
      return (await this.#readAll(reader, file, path, storage, apply)) ? 'restored' : 'stale';
    } catch {
      // Damaged, or it or the file cannot be read: the file is read without it then, and what is wrong with it is said.
      return 'stale';
    } finally {
      await reader.close();
    }
  }

  async #readAll(
    reader: IndexFileReader,
    file: StoredFile,
    path: string,
    storage: LogStorage,
    apply: (segment: Uint8Array) => { head: SegmentHead; state: ReadingState },
  ): Promise<boolean> {
    const budget = new TimeBudget();
    // One comparison goes on while the next stretches are taken in. What was taken in before it failed is thrown away.
    let compared: Promise<boolean> | undefined;
    const compare = (read: ReadStretch) => {
      compared = hasSample(storage, path, file.identity, read).catch(() => false);
    };
    let unchangedSince = '';
    let last: ReadStretch | undefined;
    let stretches = 0;
    for await (const block of reader.blocks()) {
      unchangedSince = block.unchangedSince ?? unchangedSince;
      if (block.segment !== undefined) {
        const { head, state } = apply(block.segment);
        for (const read of head.reads) {
          const goesOn = read.from === (last?.to ?? 0) || read.from === this.covered;
          // Of a segment that was merged it is not known where the reading of each stretch went on.
          if (!(goesOn || (read !== head.reads[0] && read.from < last!.to)) || read.to > file.size)
            return false;
          if (stretches++ % COMPARED_EVERY === 0) {
            if ((await compared) === false) return false;
            compare(read);
          }
          this.#reads.push(read);
          last = read;
        }
        this.state = state;
        this.lastStep = head.lastStep;
        await budget.rest();
      }
      this.#end = block.end;
    }
    if ((await compared) === false) return false;
    if (last && !(await hasSample(storage, path, file.identity, last))) return false;
    this.isVerified = unchangedSince === file.stamp;
    if (this.isVerified) this.#reads = [];
    return true;
  }

  /** Opens the index for `add`, and makes it if it is empty. */
  async begin(): Promise<void> {
    this.isBusy = true;
    this.#writer =
      this.#end === 0 ? await this.#folder.create(this.log) : await this.#folder.extend(this.log, this.#end);
  }

  /** Adds a segment. `state` is where the reading goes on after it. Nobody may write to its bytes any more. */
  async add(segment: Uint8Array, state: ReadingState, { lastStep, reads }: SegmentHead): Promise<void> {
    this.state = state;
    this.lastStep = lastStep;
    if (!this.isVerified) this.#reads.push(...reads);
    if (this.#writer === null) return;
    this.#waiting.push(segment);
    this.#waitingBytes += segment.length;
    if (this.#waitingBytes >= this.#blockBytes) await this.#write(this.#writer);
  }

  async #write(writer: IndexFileWriter): Promise<void> {
    const segments = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const merged = segments.length > 1 ? await mergeSegments(segments) : null;
    for (const segment of merged === null ? segments : [merged]) await writer.addSegment(segment);
    if (merged === null) return;
    await writer.write();
    freeAtOnce(merged.buffer);
  }

  /** Closes the index again. `file` is what was known of the file before it was read. */
  async finish(file: StoredFile): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    // What could not be written cannot be added to.
    if (writer === null) return;
    await this.#write(writer);
    const age = Date.now() / 1000 - file.modified;
    if (this.isVerified && age > SETTLED_SECONDS) writer.addNote(file.stamp);
    await writer.close();
    this.#end = writer.end;
    this.isBusy = writer.hasFailed;
    void this.#folder.tidy();
  }

  /** Whether all bytes that are indexed are in the file. `goesOn` says whether the answer is still of use. */
  async fits(storage: LogStorage, path: string, identity: string, goesOn: () => boolean): Promise<boolean> {
    const budget = new TimeBudget();
    for (const { from, to, hash } of this.#reads) {
      const found = new ContentHash();
      for (let at = from; at < to; at += HASHED_AT_ONCE) {
        const bytes = await storage.read(path, identity, at, Math.min(HASHED_AT_ONCE, to - at));
        if (!goesOn() || bytes === null) return true;
        found.update(bytes);
        await budget.rest();
      }
      if (found.digest() !== hash) return false;
    }
    this.isVerified = true;
    this.#reads = [];
    return true;
  }
}

/**
 * Frees memory that nobody reads any more, from Node 22 on. What is left to the collection of garbage may wait for it until there
 * are 64 MB.
 */
function freeAtOnce(buffer: ArrayBufferLike): void {
  (buffer as { transfer?(length: number): unknown }).transfer?.(0);
}

/** Whether the end of a stretch is in the file. */
async function hasSample(
  storage: LogStorage,
  path: string,
  identity: string,
  { from, to, sample }: ReadStretch,
): Promise<boolean> {
  const begin = Math.max(from, to - SAMPLE_BYTES);
  const bytes = await storage.read(path, identity, begin, to - begin);
  return bytes !== null && hashOf(bytes) === sample;
}
