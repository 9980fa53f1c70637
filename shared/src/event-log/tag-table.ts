import { decodeUtf8 } from './utf8.js';

/** Tags that are known at a time, and their bytes. 500 runs with 1,000 tags each mostly have the same ones. */
const MOST_TAGS = 2 ** 16;
const MOST_BYTES = 4 * 1024 * 1024;
/** Slots that are looked at for a tag. Only tags that were made to collide need more; they are not known. */
const MOST_PROBES = 32;

/**
 * Numbers tags by their bytes, so that a tag that was seen before costs no string. Tags mostly come in the same order again
 * and again, so the one that followed last time is tried first.
 */
export class TagTable {
  /** Numbers of tags plus one, by hash; 0 where there is none. Twice as many as there are tags, at least. */
  #slots = new Uint16Array(0);
  #hashes = new Int32Array(0);
  /** The bytes of all tags, and where those of each begin. */
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #starts = new Int32Array(1);
  /** The tag that followed each last time. */
  #followers = new Uint16Array(0);
  #last = 0;
  readonly #texts: string[] = [];

  constructor() {
    this.clear();
  }

  /** Forgets all tags. */
  clear(): void {
    this.#slots = new Uint16Array(512);
    this.#hashes = new Int32Array(256);
    this.#starts = new Int32Array(257);
    this.#followers = new Uint16Array(256);
    this.#keepIn(new Uint8Array(4096));
    this.#texts.length = 0;
    this.#last = 0;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** Whether there is no room for another tag of any length. */
  get isFull(): boolean {
    return this.size >= MOST_TAGS - 1 || this.#starts[this.size]! + 4096 > MOST_BYTES;
  }

  text(tag: number): string {
    return this.#texts[tag]!;
  }

  /** The number of the tag in bytes[start, end); −1 if there is no room for it. `view` shows the same bytes. */
  numberOf(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const expected = this.#followers[this.#last]!;
    if (this.#is(expected, view, start, end)) {
      this.#last = expected;
      return expected;
    }
    const tag = this.#find(bytes, view, start, end);
    if (tag < 0) return -1;
    this.#followers[this.#last] = tag;
    this.#last = tag;
    return tag;
  }

  #is(tag: number, view: DataView, start: number, end: number): boolean {
    const from = this.#starts[tag]!;
    const length = end - start;
    if (this.#starts[tag + 1]! - from !== length) return false;
    const known = this.#view;
    const last = length - 4;
    if (last < 0) {
      for (let at = 0; at < length; at++)
        if (view.getUint8(start + at) !== known.getUint8(from + at)) return false;
      return true;
    }
    // Four bytes at a time, and first the last four: similar tags differ at their ends.
    if (view.getInt32(start + last, true) !== known.getInt32(from + last, true)) return false;
    for (let at = 0; at < last; at += 4)
      if (view.getInt32(start + at, true) !== known.getInt32(from + at, true)) return false;
    return true;
  }

  #find(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const slot = (hash + probe) & mask;
      const tag = this.#slots[slot]! - 1;
      if (tag < 0) return this.isFull ? -1 : this.#add(hash, slot, bytes, start, end);
      if (this.#hashes[tag] === hash && this.#is(tag, view, start, end)) return tag;
    }
    return -1;
  }

  #add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    const tag = this.size;
    const from = this.#starts[tag]!;
    const to = from + end - start;
    if (to > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(to, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#keepIn(grown);
    }
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#starts[tag + 1] = to;
    this.#hashes[tag] = hash;
    this.#followers[tag] = tag;
    this.#slots[slot] = tag + 1;
    this.#texts.push(decodeUtf8(bytes, start, end));
    if (this.size === this.#hashes.length) this.#grow();
    return tag;
  }

  #keepIn(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  #grow(): void {
    const tags = 2 * this.size;
    this.#hashes = copied(this.#hashes, new Int32Array(tags));
    this.#starts = copied(this.#starts, new Int32Array(tags + 1));
    this.#followers = copied(this.#followers, new Uint16Array(tags));
    this.#slots = new Uint16Array(2 * tags);
    for (let tag = 0; tag < this.size; tag++) {
      let slot = this.#hashes[tag]! & (this.#slots.length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = tag + 1;
    }
  }
}

function copied<A extends Int32Array | Uint16Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
