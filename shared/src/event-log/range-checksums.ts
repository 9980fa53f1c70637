/**
 * The checksums of any ranges of a stretch of bytes, in a time that does not depend on their length. Every header that is
 * found in damaged bytes claims a range, ranges may overlap, and computing each checksum anew would take minutes for a
 * megabyte of such headers.
 *
 * The state of the division is kept after every STRIDE bytes. As the CRC is linear, the checksum of [from, to) follows from
 * the states at both ends.
 */
import { afterZeros, masked, nextRegister } from './crc32c.js';

const STRIDE = 128;

/** Positions are offsets in a file; `bytes` are what is held of it, from `origin` on. */
export class RangeChecksums {
  /** Position of the first byte that is covered, and the one behind the last. */
  #base: number;
  #end: number;
  /**
   * States after every STRIDE bytes, beginning with that at `base`, and the state at `end`. Most readers need few, and V8
   * makes so short an array much faster than a longer one.
   */
  #states = new Int32Array(16);
  #newest = 0;
  /** A position before which no range begins any more, and the state there. */
  #front: number;
  #frontState = 0;
  /** Number of bytes that were looked at, each as often as it was. */
  work = 0;

  constructor(position: number) {
    this.#base = position;
    this.#end = position;
    this.#front = position;
  }

  get end(): number {
    return this.#end;
  }

  /** Covers the bytes up to `to`, which must be held from `end` on. */
  extend(bytes: Uint8Array, origin: number, to: number): void {
    while (this.#end < to) {
      const done = this.#end - this.#base;
      const until = Math.min(to, this.#base + done - (done % STRIDE) + STRIDE);
      this.#newest = nextRegister(this.#newest, bytes, this.#end - origin, until - origin);
      this.work += until - this.#end;
      this.#end = until;
      if ((until - this.#base) % STRIDE === 0) this.#keep((until - this.#base) / STRIDE);
    }
  }

  #keep(at: number): void {
    if (at >= this.#states.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.#states);
      this.#states = grown;
    }
    this.#states[at] = this.#newest;
  }

  /** Says that no range will begin before `position`, so that the bytes before it need not be held any longer. */
  advance(bytes: Uint8Array, origin: number, position: number): void {
    if (position <= this.#front) return;
    this.#frontState = this.#stateAt(bytes, origin, position);
    this.#front = position;
    // Forget the states before it when they are most of all.
    const passed = Math.floor((position - this.#base) / STRIDE);
    const kept = Math.floor((this.#end - this.#base) / STRIDE) - passed;
    if (passed < 1024 || passed < kept) return;
    this.#states.copyWithin(0, passed, passed + kept + 1);
    this.#base += passed * STRIDE;
  }

  /** The masked checksum of [from, to), which must be covered. The bytes from the last stride before `to` must be held. */
  masked(bytes: Uint8Array, origin: number, from: number, to: number): number {
    this.advance(bytes, origin, from);
    const before = afterZeros(~this.#frontState, to - from);
    return masked(~(before ^ this.#stateAt(bytes, origin, to)) >>> 0);
  }

  #stateAt(bytes: Uint8Array, origin: number, position: number): number {
    if (position === this.#end) return this.#newest;
    const stride = Math.floor((position - this.#base) / STRIDE);
    const kept = this.#base + stride * STRIDE;
    const fromFront = this.#front > kept;
    const start = fromFront ? this.#front : kept;
    const state = fromFront ? this.#frontState : this.#states[stride]!;
    this.work += position - start;
    return nextRegister(state, bytes, start - origin, position - origin);
  }
}
