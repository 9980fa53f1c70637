/**
 * Writes protobuf's wire format into one growing buffer. A nested message is written in place after one byte for its
 * length, and shifted if the length needs more bytes. So a picture is not copied for every level of nesting.
 */

import { encodeUtf8 } from './utf8.js';
import { BYTES, FIXED32, FIXED64, VARINT } from './wire-reader.js';

export class WireWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #at = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Returns a copy of what was written and resets the writer. */
  finish(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return written;
  }

  /** Discards what was written but keeps the buffer. */
  restart(): void {
    this.#at = 0;
  }

  varint(field: number, value: number): void {
    this.#key(field, VARINT);
    this.#uint(value);
  }

  int64(field: number, value: number | bigint): void {
    this.#key(field, VARINT);
    if (typeof value === 'number' && value >= 0) {
      this.#uint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#reserve(10);
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 127n) | 128;
    this.#bytes[this.#at++] = Number(rest);
  }

  float(field: number, value: number): void {
    this.#key(field, FIXED32);
    this.#reserve(4);
    this.#view.setFloat32(this.#at, value, true);
    this.#at += 4;
  }

  double(field: number, value: number): void {
    this.#key(field, FIXED64);
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#key(field, BYTES);
    this.#uint(value.length);
    this.raw(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, encodeUtf8(value));
  }

  /** Writes a nested message: everything that `write` writes. */
  message(field: number, write: () => void): void {
    this.#key(field, BYTES);
    this.#reserve(1);
    const start = ++this.#at;
    write();
    const length = this.#at - start;
    let extra = 0;
    for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) extra++;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + extra, start, start + length);
    }
    this.#at = start - 1;
    this.#uint(length);
    this.#at += length;
  }

  /** Writes packed unsigned varints. */
  packedUints(field: number, values: ArrayLike<number>): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (let at = 0; at < values.length; at++) this.#uint(values[at]!);
    });
  }

  /** Writes packed little-endian float32 values. */
  packedFloats(field: number, values: Float32Array): void {
    if (values.length === 0) return;
    this.#key(field, BYTES);
    this.#uint(values.length * 4);
    this.#reserve(values.length * 4);
    for (const value of values) {
      this.#view.setFloat32(this.#at, value, true);
      this.#at += 4;
    }
  }

  /** Writes bytes that are already in wire format. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  #key(field: number, wire: number): void {
    this.#uint(field * 8 + wire);
  }

  #uint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) | 128;
    this.#bytes[this.#at++] = rest;
  }

  #reserve(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
