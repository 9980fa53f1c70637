/** The page's inflate: fflate, within the size that is wanted and in a time that the sizes bound. */
import { Unzlib, unzlibSync } from 'fflate';

/**
 * fflate goes on after its output is full, and a byte may inflate to 1,032. So it is given stretches, between which the
 * inflating can end. Most atlases are one stretch.
 */
const STRETCH_BYTES = 64 * 1024;

/**
 * Inflates the zlib format up to one byte more than `size`, which reveals that there was more.
 * @throws with what is wrong with the bytes
 */
export function inflate(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size + 1);
  if (bytes.length <= STRETCH_BYTES) return unzlibSync(bytes, { out });
  let length = 0;
  const stream = new Unzlib((chunk) => {
    const fitting = chunk.subarray(0, out.length - length);
    out.set(fitting, length);
    length += fitting.length;
  });
  for (let at = 0; at < bytes.length && length < out.length; at += STRETCH_BYTES) {
    stream.push(bytes.subarray(at, at + STRETCH_BYTES), at + STRETCH_BYTES >= bytes.length);
  }
  return out.subarray(0, length);
}
