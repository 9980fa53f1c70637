/**
 * Reads protobuf's wire format. It is written by hand for logs of millions of scalars: no message objects, no copies,
 * and no allocation whose size comes from an unchecked length field.
 */
import { GROUP_LEVELS, REASON_CHARACTERS } from './limits.js';
import { shortText } from './short-text.js';
import { decodeUtf8 } from './utf8.js';

/** Wire types. Groups are obsolete and are skipped. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const GROUP_START = 3;
export const GROUP_END = 4;
export const FIXED32 = 5;

/**
 * The bytes are not well-formed protobuf, not the expected message, or more than an event may hold. The only error that
 * leaves a decoder. The message becomes the reason of a gap and has at most REASON_CHARACTERS.
 */
export class MalformedEventError implements Error {
  declare readonly name: string;
  readonly message: string;

  constructor(message: string) {
    this.message = shortText(message, REASON_CHARACTERS);
  }
}
// V8 walks the stack for everything that calls Error's constructor. A damaged file of 1 MB makes 60,000 of these.
Object.setPrototypeOf(MalformedEventError.prototype, Error.prototype);
Object.defineProperty(MalformedEventError.prototype, 'name', { value: 'MalformedEventError' });

/** Converts bits to floats. Creating a DataView for each event would cost more than the rest of reading it. */
const SCRATCH = new DataView(new ArrayBuffer(8));

/** A cursor in bytes[at, end). After each `next()`, call exactly one read method or `skip()`. */
export class WireReader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** Number and wire type of the field that `next` found. */
  field = 0;
  wire = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Advances to the next field; returns false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const key = this.uint();
    this.field = Math.floor(key / 8);
    this.wire = key & 7;
    if (this.field === 0)
      throw new MalformedEventError(`The event holds a field with number 0 at byte ${this.at}.`);
    return true;
  }

  /** Reads a varint as a double, exact below 2^53. */
  uint(): number {
    const bytes = this.bytes;
    let low = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= this.end) throw truncated('a number', this.at);
      const byte = bytes[this.at++]!;
      low += (byte & 0x7f) * scale;
      if (byte < 128) return low;
      scale *= 128;
    }
    throw new MalformedEventError(`The event holds a number of more than 10 bytes at byte ${this.at}.`);
  }

  /** Reads a varint as a signed 64-bit integer. */
  int64(): bigint {
    let value = 0n;
    let shift = 0n;
    for (let count = 0; count < 10; count++) {
      if (this.at >= this.end) throw truncated('a number', this.at);
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
      shift += 7n;
    }
    throw new MalformedEventError(`The event holds a number of more than 10 bytes at byte ${this.at}.`);
  }

  /** Reads a varint as an int32 or enum. */
  int32(): number {
    return this.uint() | 0;
  }

  float(): number {
    SCRATCH.setUint32(0, this.#fixed32(this.#take(4)), true);
    return SCRATCH.getFloat32(0, true);
  }

  double(): number {
    const at = this.#take(8);
    SCRATCH.setUint32(0, this.#fixed32(at), true);
    SCRATCH.setUint32(4, this.#fixed32(at + 4), true);
    return SCRATCH.getFloat64(0, true);
  }

  /** Reads the length of a bytes field, checks that the bytes exist, and stops at the first of them. */
  length(): number {
    const length = this.uint();
    if (length > this.end - this.at) {
      throw new MalformedEventError(
        `Field ${this.field} of the event claims ${length} bytes and ${this.end - this.at} are left.`,
      );
    }
    return length;
  }

  /** Reads a bytes field as a view, which is valid as long as the underlying bytes. */
  view(): Uint8Array {
    const length = this.length();
    const view = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return view;
  }

  /** Reads a bytes field as a copy. */
  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view());
  }

  string(): string {
    return this.#text(this.length());
  }

  /** Reads a string of at most `most` bytes. `what` names it in the error. */
  shortString(most: number, what: string): string {
    const length = this.length();
    if (length > most) {
      throw new MalformedEventError(
        `The event holds ${what} of ${length} bytes, more than the limit of ${most}.`,
      );
    }
    return this.#text(length);
  }

  #text(length: number): string {
    const text = decodeUtf8(this.bytes, this.at, this.at + length);
    this.at += length;
    return text;
  }

  /** Returns a reader for the message in a bytes field. */
  message(): WireReader {
    const length = this.length();
    const reader = new WireReader(this.bytes, this.at, this.at + length);
    this.at += length;
    return reader;
  }

  /** Skips the field that `next` found. */
  skip(): void {
    if (this.wire === GROUP_START) this.#skipGroup(this.field);
    else this.#skipValue();
  }

  #skipValue(): void {
    switch (this.wire) {
      case VARINT:
        this.uint();
        return;
      case FIXED64:
        this.#take(8);
        return;
      case BYTES:
        this.#take(this.length());
        return;
      case FIXED32:
        this.#take(4);
        return;
      default:
        throw new MalformedEventError(
          `The event holds a field of wire type ${this.wire} at byte ${this.at}.`,
        );
    }
  }

  #skipGroup(field: number): void {
    const open = [field];
    while (open.length > 0) {
      if (!this.next()) throw truncated('a group', this.at);
      if (this.wire === GROUP_START) {
        if (open.length === GROUP_LEVELS) {
          throw new MalformedEventError(`The event holds groups on more than ${GROUP_LEVELS} levels.`);
        }
        open.push(this.field);
      } else if (this.wire !== GROUP_END) this.#skipValue();
      else if (open.pop() !== this.field) {
        throw new MalformedEventError(`The event ends a group that it did not start, at byte ${this.at}.`);
      }
    }
  }

  #fixed32(at: number): number {
    const bytes = this.bytes;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  #take(size: number): number {
    const at = this.at;
    if (at + size > this.end) throw truncated(`a value of ${size} bytes`, at);
    this.at = at + size;
    return at;
  }
}

function truncated(what: string, at: number): MalformedEventError {
  return new MalformedEventError(`The event ends inside ${what}, at byte ${at}.`);
}
