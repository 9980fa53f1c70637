import { Instance, Module, type WasmMemory } from '../../machine/web-assembly.js';
import { HASH_WASM } from './wasm-code.js';

/** The last bytes of a stretch of a file, which are hashed by themselves, so that a stretch can be told by little reading. */
export const SAMPLE_BYTES = 4096;
export const HASH_DIGITS = 16;
/** Bytes that are hashed at a time. */
export const HASHED_AT_ONCE = 1024 * 1024;

interface HashExports {
  readonly memory: WasmMemory;
  readonly INPUT: { readonly value: number };
  /** XXH64 of bytes in the memory. */
  hash(start: number, length: number, seed: bigint): bigint;
}

let loaded: { readonly code: HashExports; readonly input: Uint8Array } | undefined;

function load() {
  const { exports } = new Instance(new Module(Buffer.from(HASH_WASM, 'base64')), {});
  const code = exports as unknown as HashExports;
  return { code, input: new Uint8Array(code.memory.buffer, code.INPUT.value) };
}

/**
 * A hash of bytes that come piece by piece, all but the last of them a multiple of HASHED_AT_ONCE. It tells what was changed
 * by accident: whoever may write to a log or to the cache needs no collision.
 */
export class ContentHash {
  #sum = 0n;

  update(bytes: Uint8Array): this {
    loaded ??= load();
    const { code, input } = loaded;
    for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE) {
      const part = bytes.subarray(at, at + HASHED_AT_ONCE);
      input.set(part);
      this.#sum = code.hash(code.INPUT.value, part.length, this.#sum);
    }
    return this;
  }

  /** As hexadecimal digits. */
  digest(): string {
    return BigInt.asUintN(64, this.#sum).toString(16).padStart(HASH_DIGITS, '0');
  }
}

export function hashOf(bytes: Uint8Array): string {
  return new ContentHash().update(bytes).digest();
}
