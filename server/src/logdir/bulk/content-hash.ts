import { createHash } from 'node:crypto';

/** The last bytes of a stretch of a file, which are hashed by themselves, so that a stretch can be told by little reading. */
export const SAMPLE_BYTES = 4096;
export const HASH_DIGITS = 32;

/** A hash of bytes that come piece by piece. SHA-1, since it is the fastest that Node has everywhere. */
export class ContentHash {
  readonly #hash = createHash('sha1');

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /** 128 bits of it as hexadecimal digits. Call it once. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, HASH_DIGITS);
  }
}

export function hashOf(bytes: Uint8Array): string {
  return new ContentHash().update(bytes).digest();
}
