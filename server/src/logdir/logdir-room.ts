import { HELD_BYTES } from '@convscope/shared/event-log/event-reader.js';
import { RECORD_BYTES } from '@convscope/shared/event-log/limits.js';
import { IndexRoom } from '@convscope/shared/log-index/index-room.js';
import { storageProblemOf } from '../storage/storage-error.js';

/** Most event files that are read of one run, and of all runs together. */
export interface FileLimits {
  readonly run: number;
  readonly logdir: number;
}

export const FILE_LIMITS: FileLimits = { run: 20_000, logdir: 50_000 };

/** Bytes of records that are not complete which all files hold together, more or less, and one at least. */
const ALL_HELD_BYTES = 16 * 1024 * 1024;
const LEAST_HELD_BYTES = 64;

/** A record of the longest kind, as much behind it as its reader asks for, and what is compared before it. */
const LARGE_BUFFER_BYTES = RECORD_BYTES + (RECORD_BYTES >> 3) + 64 * 1024;
/** Buffers are given back when none was used for so long, in ms. */
const FORGET_MS = 1000;

/** What the runs of a logdir hold together. */
export class LogdirRoom {
  readonly index = new IndexRoom();
  readonly fileLimits: FileLimits;
  /** Number of files that are followed. */
  files = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #largeBuffer: Uint8Array | undefined;
  /** The one that was given back last, until it is collected: a second one beside it would take as much again. */
  #forgotten: WeakRef<ArrayBufferLike> | undefined;
  /** Memory for pieces of files that nobody uses at the moment. */
  #pieces: Uint8Array[] = [];
  #forgetPieces: NodeJS.Timeout | undefined;
  #forget: NodeJS.Timeout | undefined;

  constructor(fileLimits = FILE_LIMITS) {
    this.fileLimits = fileLimits;
  }

  /** Bytes that one more file may hold of a record that is not complete. */
  heldBytesOfNext(): number {
    return Math.max(LEAST_HELD_BYTES, Math.min(HELD_BYTES, Math.floor(ALL_HELD_BYTES / (this.files + 1))));
  }

  /**
   * Runs an operation that reads a piece of a file into memory of at least so many bytes, which threads can read as well. It
   * is used again, since memory that is handed to a thread and back counts as new each time, which causes collections of
   * garbage.
   */
  async withPiece<T>(bytes: number, operation: (buffer: Uint8Array) => Promise<T>): Promise<T> {
    const kept = this.#pieces.pop();
    const buffer = kept && kept.length >= bytes ? kept : new Uint8Array(new SharedArrayBuffer(bytes));
    const result = await operation(buffer);
    // It is not used again after an error: a read that was given up may still write into it.
    this.#pieces.push(buffer);
    clearTimeout(this.#forgetPieces);
    this.#forgetPieces = setTimeout(() => {
      this.#pieces = [];
    }, FORGET_MS).unref();
    return result;
  }

  /**
   * Runs operations that read a long record one after the other, with a buffer that is large enough. All use the same
   * one, since unused ones would stay in memory until they are collected. The system provides it page by page. An
   * operation that hands the buffer to a thread passes the one that comes back to `giveBack`.
   */
  withLargeBuffer<T>(
    operation: (buffer: Uint8Array, giveBack: (buffer: Uint8Array) => void) => Promise<T>,
  ): Promise<T> {
    const result = this.#turn.then(() => {
      clearTimeout(this.#forget);
      const forgotten = this.#forgotten?.deref();
      if (forgotten) this.#largeBuffer ??= Buffer.from(forgotten);
      // It has no bytes any more when a thread died with it.
      if (!this.#largeBuffer?.length) this.#largeBuffer = Buffer.allocUnsafeSlow(LARGE_BUFFER_BYTES);
      return operation(this.#largeBuffer, (buffer) => {
        this.#largeBuffer = Buffer.from(buffer.buffer);
      });
    });
    this.#turn = result
      // A read that was given up may still write into the buffer.
      .catch((error: unknown) => {
        if (storageProblemOf(error) !== 'no-answer') return;
        this.#largeBuffer = undefined;
        this.#forgotten = undefined;
      })
      .then(() => {
        this.#forget = setTimeout(() => {
          if (this.#largeBuffer) this.#forgotten = new WeakRef(this.#largeBuffer.buffer);
          this.#largeBuffer = undefined;
        }, FORGET_MS).unref();
      });
    return result;
  }
}
