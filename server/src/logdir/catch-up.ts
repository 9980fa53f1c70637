import type { ReadingState } from '@convscope/shared/event-log/event-reader.js';
import type { WantedBytes } from '@convscope/shared/event-log/frame-reader.js';
import type { LogStorage } from '../storage/storage.js';
import type { FromBulkThread } from './bulk/bulk-messages.js';
import type { BulkTask } from './bulk/bulk-pool.js';
import { type BulkThread, ThreadDiedError } from './bulk/bulk-thread-handle.js';
import type { FollowedFile } from './followed-file.js';
import type { LogdirRoom } from './logdir-room.js';

/** Longer records are in memory one at a time. */
export const LARGE_BYTES = 16 * 1024 * 1024;
/** How often a thread may die of a file before the file is read otherwise. */
const MOST_DEATHS = 2;

export interface CatchUpOptions {
  readonly storage: LogStorage;
  readonly room: LogdirRoom;
  /** What a thread gets at a time. */
  readonly pieceBytes: number;
  /** Size of the file: it is read up to here. */
  readonly size: number;
  /** Whether what it reads is of use: the run has not been removed, and its files have not been replaced. */
  readonly isCurrent: () => boolean;
  readonly isWanted: () => boolean;
  /** Takes what the bytes said, at once. Resolves to where the reading goes on after them. */
  readonly apply: (segment: Uint8Array) => Promise<ReadingState>;
  /** The file was replaced or rewritten. */
  readonly replaced: () => void;
  /** Its path leads to another file, of which nothing has been read. */
  readonly absent: () => void;
  /** It has been read up to `size`, or as far as there was something to read. */
  readonly ended: () => void;
  /** Threads died of what comes next, or none can be started: it has to be read otherwise. */
  readonly refused: (reason: string) => void;
  readonly failed: (error: unknown) => void;
  /** Called at the end in any case. Must not reject. */
  readonly stopped: () => Promise<void>;
}

let jobs = 0;

/** Reads the unread part of one file in threads. It is not read elsewhere meanwhile. */
export class CatchUp implements BulkTask {
  readonly #file: FollowedFile;
  readonly #options: CatchUpOptions;
  readonly #identity: string;
  /** Where the reading went on after what was applied last. */
  #state: ReadingState;
  #next: WantedBytes | null;
  #thread: BulkThread | undefined;
  #job = 0;
  #deaths = 0;

  constructor(file: FollowedFile, identity: string, state: ReadingState, options: CatchUpOptions) {
    this.#file = file;
    this.#identity = identity;
    this.#options = options;
    this.#state = state;
    this.#next = file.reader.next(options.size);
    this.#goBack();
  }

  isWanted(): boolean {
    return this.#options.isWanted();
  }

  giveUp(): void {
    const { isCurrent, refused } = this.#options;
    if (isCurrent()) refused('no thread can be started');
  }

  stop(): Promise<void> {
    this.#close();
    return this.#options.stopped();
  }

  async step(thread: BulkThread): Promise<boolean> {
    const { isCurrent, ended, refused, failed } = this.#options;
    const wanted = this.#next;
    if (!isCurrent()) return false;
    if (wanted === null) {
      ended();
      return false;
    }
    try {
      return await this.#read(wanted, thread);
    } catch (error) {
      if (!isCurrent()) return false;
      this.#goBack();
      this.#thread = undefined;
      if (!(error instanceof ThreadDiedError)) failed(error);
      else if (++this.#deaths < MOST_DEATHS) return true;
      else refused(error.message);
      return false;
    }
  }

  async #read(wanted: WantedBytes, thread: BulkThread): Promise<boolean> {
    if (this.#thread !== thread) this.#open(thread);
    const { room } = this.#options;
    if (wanted.length <= LARGE_BYTES) {
      const { length } = this.#file.tail;
      const needed = length + Math.max(this.#options.pieceBytes, wanted.length);
      return room.withPiece(needed, (buffer) => this.#readInto(wanted, buffer, () => undefined));
    }
    return room.withLargeBuffer((buffer, giveBack) => this.#readInto(wanted, buffer, giveBack));
  }

  /** Goes on after what was applied: no thread holds what comes next. */
  #goBack(): void {
    const { offset } = this.#state.place;
    this.#file.goTo(offset);
    const next = this.#next;
    if (next !== null) this.#next = { offset, length: next.offset + next.length - offset };
  }

  #open(thread: BulkThread): void {
    this.#close();
    this.#thread = thread;
    this.#job = ++jobs;
    thread.tell({ type: 'open', job: this.#job, state: this.#state, lastStep: this.#file.lastStep });
  }

  #close(): void {
    this.#thread?.tell({ type: 'close', job: this.#job });
    this.#thread = undefined;
  }

  /** Reads and hands over the next bytes. Returns whether there are more. */
  async #readInto(
    wanted: WantedBytes,
    into: Uint8Array,
    giveBack: (buffer: Uint8Array) => void,
  ): Promise<boolean> {
    const { storage, pieceBytes, size, isCurrent, replaced, absent, apply, ended } = this.#options;
    const file = this.#file;
    const more = Math.min(size - file.offset, Math.max(wanted.length, pieceBytes));
    const from = file.offset - file.tail.length;
    const bytes = await storage.read(file.path, this.#identity, from, file.tail.length + more, into);
    if (!isCurrent()) return false;
    const { offset } = file;
    const fresh = bytes && file.take(bytes);
    if (!bytes || !fresh) {
      if (!bytes && file.readTo === 0) absent();
      else replaced();
      return false;
    }
    if (fresh.length === 0) {
      ended();
      return false;
    }
    // The view has no bytes any more when its buffer has been handed over.
    const { byteOffset: begin, length } = bytes;
    const answer = await this.#hand(fresh, offset);
    const whole = new Uint8Array(answer.bytes.buffer);
    if (isCurrent()) {
      this.#state = await apply(new Uint8Array(answer.segment));
      this.#next = answer.next;
      // At the end of the file its reader begins with the record that is not complete.
      file.goTo(answer.next?.offset ?? this.#state.place.offset, whole.subarray(begin, begin + length));
    }
    giveBack(whole);
    if (!isCurrent()) return false;
    if (this.#next !== null) return true;
    ended();
    return false;
  }

  #hand(bytes: Uint8Array, offset: number): Promise<FromBulkThread> {
    const thread = this.#thread;
    if (!thread) throw new Error('The task has no thread.');
    return thread.read({ type: 'bytes', job: this.#job, offset, size: this.#options.size, bytes });
  }
}
