import type { IndexRoom } from './index-room.js';

const FIRST_SLAB_BYTES = 2 * 1024;
const LAST_SLAB_BYTES = 64 * 1024;
/** A larger block has a buffer of its own. */
const LARGEST_SHARED_BYTES = 4 * 1024;

/** A stretch of memory for rows. */
export interface RowBlock {
  readonly view: DataView;
  /** Where it begins in the view. */
  readonly base: number;
  readonly bytes: number;
}

/**
 * Memory for the columns of one run. Most columns are short, and a buffer of its own costs more than the rows of a short
 * column; therefore they share larger buffers. A block is never used again, since others may still read rows from it.
 */
export class RowMemory {
  readonly #room: IndexRoom;
  #slab = new DataView(new ArrayBuffer(0));
  #used = 0;
  #bytes = 0;

  constructor(room: IndexRoom) {
    this.#room = room;
  }

  take(bytes: number): RowBlock {
    if (bytes > LARGEST_SHARED_BYTES) {
      this.#count(bytes);
      return { view: new DataView(new ArrayBuffer(bytes)), base: 0, bytes };
    }
    if (this.#used + bytes > this.#slab.byteLength) {
      const size = Math.min(LAST_SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, 2 * this.#slab.byteLength));
      this.#slab = new DataView(new ArrayBuffer(Math.max(size, bytes)));
      this.#count(this.#slab.byteLength);
      this.#used = 0;
    }
    const base = this.#used;
    this.#used += bytes;
    return { view: this.#slab, base, bytes };
  }

  /** Says that a block with a buffer of its own is not needed any more. */
  giveBack({ bytes }: RowBlock): void {
    if (bytes > LARGEST_SHARED_BYTES) this.#count(-bytes);
  }

  /** Says that nothing of it is needed any more. */
  release(): void {
    this.#count(-this.#bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#room.rowBytes += bytes;
  }
}
