/** Takes stretches off the front of the bytes. Stretches beyond the end are a RangeError. */
export class Cursor {
  readonly buffer: ArrayBufferLike;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array) {
    if (bytes.byteOffset % 8 !== 0) throw new TypeError('A segment is read from memory that is aligned.');
    this.buffer = bytes.buffer;
    this.at = bytes.byteOffset;
    this.end = bytes.byteOffset + bytes.length;
  }

  take(length: number): number {
    const at = this.at;
    if (!(length >= 0) || at + length > this.end) throw new RangeError('A segment is cut short.');
    this.at = at + upTo8(length);
    return at;
  }

  words(words: number): Uint32Array {
    return new Uint32Array(this.buffer, this.take(4 * words), words);
  }

  numbers(numbers: number): Float64Array {
    return new Float64Array(this.buffer, this.take(8 * numbers), numbers);
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(this.buffer, this.take(length), length);
  }

  view(length: number): DataView {
    return new DataView(this.buffer, this.take(length), length);
  }

  json(length: number): unknown {
    return JSON.parse(Buffer.from(this.buffer, this.take(length), length).toString());
  }
}

export function upTo8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
