/** Reads the WebSocket frames of a server without keeping what nobody wants: a load of 200 viewers must cost little itself. */

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;

export interface FrameListener {
  text(text: string): void;
  /** How many bytes of the binary frame that begins are wanted. */
  wants(length: number): number;
  /** The wanted bytes, once the whole frame has come. */
  binary(bytes: Buffer): void;
  closed(): void;
}

export class FrameReader {
  readonly #listener: FrameListener;
  /** The part of a frame's header that has come. */
  #header = Buffer.alloc(0);
  #opcode = 0;
  /** Bytes of the payload that have not come; 0 between frames. */
  #left = 0;
  #wanted = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) at = this.#readHeader(chunk, at);
      else {
        const part = chunk.subarray(at, at + this.#left);
        this.#keep(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.#finish();
      }
    }
  }

  /** Returns where the payload begins, or the end of the chunk if the header goes on in the next one. */
  #readHeader(chunk: Buffer, at: number): number {
    const before = this.#header.length;
    const header =
      before === 0 ? chunk.subarray(at) : Buffer.concat([this.#header, chunk.subarray(at, at + 10)]);
    const short = header.length < 2 ? 0 : header[1]! & 0x7f;
    const size = header.length < 2 ? 2 : short === 126 ? 4 : short === 127 ? 10 : 2;
    if (header.length < size) {
      this.#header = Buffer.from(header);
      return chunk.length;
    }
    this.#header = Buffer.alloc(0);
    this.#opcode = header[0]! & 0x0f;
    this.#left = size === 2 ? short : size === 4 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
    this.#wanted = this.#opcode === BINARY ? this.#listener.wants(this.#left) : this.#left;
    if (this.#left === 0) this.#finish();
    return at + size - before;
  }

  #keep(part: Buffer): void {
    const wanted = Math.min(part.length, this.#wanted - this.#keptBytes);
    if (wanted <= 0) return;
    this.#kept.push(part.subarray(0, wanted));
    this.#keptBytes += wanted;
  }

  #finish(): void {
    const bytes = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    this.#kept = [];
    this.#keptBytes = 0;
    if (this.#opcode === TEXT) this.#listener.text(bytes.toString());
    else if (this.#opcode === BINARY) this.#listener.binary(bytes);
    else if (this.#opcode === CLOSE) this.#listener.closed();
  }
}
