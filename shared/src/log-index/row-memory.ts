import type { IndexRoom } from './index-room.js';

const FIRST_SLAB_BYTES = 2 * 1024;
const LAST_SLAB_BYTES = 64 * 1024;
/** Places are numbered as if slabs were of this size. A longer buffer is not adopted. */
const SLAB_PLACES = 2 ** 24;
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
 * column; therefore they share larger buffers, the slabs.
 */
export class RowMemory {
  readonly #room: IndexRoom;
  readonly #slabs: DataView[] = [];
  /** The newest slab of its own. */
  #slab = new DataView(new ArrayBuffer(0));
  #slabNumber = 0;
  /** More than 0 if a column has replaced rows. */
  replacedBytes = 0;
  /** Of the newest slab. */
  #slabBytes = new Uint8Array(0);
  /** Of the newest slab. */
  #used = 0;
  /** Blocks that may be used again, by their size. */
  readonly #free = new Map<number, RowBlock[]>();
  #bytes = 0;
  /** The slab that was adopted last, and its number. */
  #adopted: DataView = new DataView(new ArrayBuffer(0));
  #adoptedSlab = 0;

  constructor(room: IndexRoom) {
    this.#room = room;
  }

  take(bytes: number): RowBlock {
    if (bytes > LARGEST_SHARED_BYTES) {
      this.#count(bytes);
      return { view: new DataView(new ArrayBuffer(bytes)), base: 0, bytes };
    }
    const free = this.#free.get(bytes)?.pop();
    if (free !== undefined) return free;
    const base = this.#place(bytes);
    return { view: this.#slab, base, bytes };
  }

  /**
   * Keeps a copy of at most LARGEST_SHARED_BYTES, and returns its place: the number of a slab and an offset in one number,
   * since an object for each would take more than it says.
   */
  keep(bytes: Uint8Array): number {
    const base = this.#place(bytes.length);
    this.#slabBytes.set(bytes, base);
    return this.#slabNumber * SLAB_PLACES + base;
  }

  /**
   * Makes memory that somebody else filled a slab, so that what lies in it need not be copied. Nobody may write to
   * it any more. Returns false if it is too large.
   */
  adopt(bytes: Uint8Array): boolean {
    if (bytes.length > SLAB_PLACES) return false;
    this.#adopted = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#adoptedSlab = this.#slabs.push(this.#adopted) - 1;
    this.#count(bytes.length);
    return true;
  }

  /** The place where a view of memory begins that was adopted last; −1 for another view. */
  placeOf(view: DataView): number {
    const { buffer, byteOffset, byteLength } = this.#adopted;
    const isWithin =
      view.buffer === buffer &&
      view.byteOffset >= byteOffset &&
      view.byteOffset + view.byteLength <= byteOffset + byteLength;
    return isWithin ? this.#adoptedSlab * SLAB_PLACES + view.byteOffset - byteOffset : -1;
  }

  /** The view that holds the bytes at a place, which begin at its `baseOf`. */
  viewOf(place: number): DataView {
    return this.#slabs[Math.floor(place / SLAB_PLACES)]!;
  }

  baseOf(place: number): number {
    return place - Math.floor(place / SLAB_PLACES) * SLAB_PLACES;
  }

  /** Says that nobody will read from a block any more, and that it may be used again. */
  reuse(block: RowBlock): void {
    const free = this.#free.get(block.bytes);
    if (free === undefined) this.#free.set(block.bytes, [block]);
    else free.push(block);
  }

  /** Room in the newest slab, or in a new one. */
  #place(bytes: number): number {
    if (this.#used + bytes > this.#slab.byteLength) {
      // In proportion to what there is, so that little is left over at any size.
      const size = Math.min(LAST_SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, Math.floor(this.#bytes / 3)));
      this.#slab = new DataView(new ArrayBuffer(Math.max(size, bytes)));
      this.#slabBytes = new Uint8Array(this.#slab.buffer);
      this.#slabNumber = this.#slabs.push(this.#slab) - 1;
      this.#count(this.#slab.byteLength);
      this.#used = 0;
    }
    const base = this.#used;
    this.#used += bytes;
    return base;
  }

  /** Says that a block with a buffer of its own is not needed any more; views of it stay valid. */
  giveBack({ bytes }: RowBlock): void {
    if (bytes > LARGEST_SHARED_BYTES) this.#count(-bytes);
  }

  /** Says that nothing of it is needed any more. */
  release(): void {
    this.#count(-this.#bytes);
  }

  /** Counts what a column needs to know which of its rows are replaced. */
  countReplaced(bytes: number): void {
    this.replacedBytes += bytes;
    this.#count(bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#room.rowBytes += bytes;
  }
}
