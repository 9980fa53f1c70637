/**
 * The memory in which a thread reads in bulk, and the code that works in it (`scan.as`): a scanner of frames, the rows that
 * it finds, and their encoding as blocks. One for each thread. Nothing of a file is kept in it between two pieces but tags.
 */
import { decodeUtf8 } from '@convscope/shared/event-log/utf8.js';
import { Instance, Module, type WasmMemory } from '../../machine/web-assembly.js';
import { SCAN_WASM } from './wasm-code.js';

interface Global {
  readonly value: number;
}

/** Addresses are byte offsets in the memory. */
interface ScanExports {
  readonly memory: WasmMemory;
  readonly INPUT: Global;
  readonly INPUT_BYTES: Global;
  readonly OUTPUT: Global;
  readonly ROWS: Global;
  readonly TAGS: Global;
  readonly TAG_STARTS: Global;
  readonly FIRST_ROWS: Global;
  readonly ROW_TAGS: Global;
  readonly ROW_STEPS: Global;
  readonly ROW_WALL_TIMES: Global;
  readonly ROW_VALUES: Global;
  readonly firstStep: Global;
  readonly lastStep: Global;
  readonly highestStep: Global;
  readonly firstWallTime: Global;
  readonly lastWallTime: Global;
  readonly rows: Global;
  readonly blockBytes: Global;
  clearIfFull(): number;
  beginPart(): void;
  setRows(count: number): void;
  scan(start: number, end: number): number;
  isOutOfRoom(): number;
  encode(tags: number): number;
}

/** Hears of what is scanned. */
export interface ScanSink {
  /** The number of a tag in the part that is being collected. */
  numberOf(tag: string): number;
  /** Whether tensors of this tag without metadata are scalars, by what earlier events of the file have said. */
  isScalar(tag: string): boolean;
}

export class ScanMemory {
  readonly #code: ScanExports;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #input: number;
  readonly #inputBytes: number;
  readonly #tagStarts: Uint32Array;
  /** For each tag of the part: how many of its rows lie before its first block. Written before `encode`. */
  readonly firstRows: Uint32Array;
  /** The rows, in the order of the file. */
  readonly tags: Uint32Array;
  readonly steps: Float64Array;
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
  /** By the number that the scanner gives them. */
  #texts: string[] = [];
  #sink: ScanSink | undefined;

  constructor() {
    const { exports } = new Instance(new Module(Buffer.from(SCAN_WASM, 'base64')), {
      env: {
        numberOf: (tag: number) => this.#hearer.numberOf(this.#textOf(tag)),
        isScalar: (tag: number) => (this.#hearer.isScalar(this.#textOf(tag)) ? 1 : 0),
      },
    });
    this.#code = exports as unknown as ScanExports;
    const { memory, INPUT, INPUT_BYTES, ROWS, TAG_STARTS, FIRST_ROWS, ...code } = this.#code;
    const buffer = memory.buffer as ArrayBuffer;
    this.#bytes = new Uint8Array(buffer);
    this.#input = INPUT.value;
    this.#inputBytes = INPUT_BYTES.value;
    this.#tagStarts = new Uint32Array(buffer, TAG_STARTS.value);
    this.firstRows = new Uint32Array(buffer, FIRST_ROWS.value, ROWS.value);
    this.tags = new Uint32Array(buffer, code.ROW_TAGS.value, ROWS.value);
    this.steps = new Float64Array(buffer, code.ROW_STEPS.value, ROWS.value);
    this.wallTimes = new Float64Array(buffer, code.ROW_WALL_TIMES.value, ROWS.value);
    this.values = new Float64Array(buffer, code.ROW_VALUES.value, ROWS.value);
  }

  /** Of the part that is being collected. */
  get rows(): number {
    return this.#code.rows.value;
  }

  /** For how many rows there is room, besides those that there are. */
  get room(): number {
    return this.tags.length - this.rows;
  }

  /** Takes the bytes in, and returns them as a view of this memory; or of other memory if there is no room for them. */
  takeIn(bytes: Uint8Array): Uint8Array {
    // What is shared with another thread is not read in place, since not everything that decodes it may read such memory.
    if (bytes.length > this.#inputBytes)
      return bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes;
    const taken = this.#bytes.subarray(this.#input, this.#input + bytes.length);
    taken.set(bytes);
    return taken;
  }

  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#bytes.buffer;
  }

  /** Begins a part without rows, whose tags are numbered anew. */
  beginPart(): void {
    this.#code.beginPart();
  }

  /**
   * Takes whole frames from bytes[start, end), which this memory holds, until it meets one that it does not know or for whose
   * rows there is no room. Returns where that one begins.
   */
  scan(bytes: Uint8Array, start: number, end: number, sink: ScanSink): number {
    if (this.#code.clearIfFull()) this.#texts = [];
    this.#sink = sink;
    const base = bytes.byteOffset;
    return this.#code.scan(base + start, base + end) - base;
  }

  /** Whether `scan` may have stopped for lack of room. */
  get isOutOfRoom(): boolean {
    return this.#code.isOutOfRoom() !== 0;
  }

  /** Of the rows that the last `scan` added; wall times are 0 where there is none. */
  get scanned() {
    const { firstStep, lastStep, highestStep, firstWallTime, lastWallTime } = this.#code;
    return {
      firstStep: firstStep.value,
      lastStep: lastStep.value,
      highestStep: highestStep.value,
      firstWallTime: firstWallTime.value,
      lastWallTime: lastWallTime.value,
    };
  }

  /** Counts rows that were written to the arrays. */
  addRows(count: number): void {
    this.#code.setRows(this.rows + count);
  }

  /** The rows by tag, as `segment.ts` describes series, valid until the next call; and the bytes of blocks among them. */
  encode(tags: number): { readonly series: Uint8Array; readonly blockBytes: number } {
    const { OUTPUT, blockBytes } = this.#code;
    const end = this.#code.encode(tags);
    return { series: this.#bytes.subarray(OUTPUT.value, end), blockBytes: blockBytes.value >>> 0 };
  }

  get #hearer(): ScanSink {
    if (this.#sink === undefined) throw new Error('The scanner is heard only while it scans.');
    return this.#sink;
  }

  #textOf(tag: number): string {
    const known = this.#texts[tag];
    if (known !== undefined) return known;
    const base = this.#code.TAGS.value;
    const text = decodeUtf8(this.#bytes, base + this.#tagStarts[tag]!, base + this.#tagStarts[tag + 1]!);
    this.#texts[tag] = text;
    return text;
  }
}

let shared: ScanMemory | undefined;

/** That of this thread. */
export function scanMemory(): ScanMemory {
  shared ??= new ScanMemory();
  return shared;
}
