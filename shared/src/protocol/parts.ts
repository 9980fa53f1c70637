/**
 * Several things in one answer: for each that was asked for, in the same order, the length of its bytes as u32, little-endian,
 * and the bytes. A length of NOT_THERE stands for one that the run does not have, LATER for one that is to be asked for again.
 */

const HEAD_BYTES = 4;
const NOT_THERE = 0xffffffff;
const LATER = 0xfffffffe;

/** What an answer says of one thing that was asked for. */
export type AnswerPart = Uint8Array | 'not there' | 'later';

export function encodeParts(parts: readonly AnswerPart[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce(
    (sum, part) => sum + HEAD_BYTES + (typeof part === 'string' ? 0 : part.byteLength),
    0,
  );
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    const length = part === 'not there' ? NOT_THERE : part === 'later' ? LATER : part.byteLength;
    view.setUint32(at, length, true);
    at += HEAD_BYTES;
    if (typeof part === 'string') continue;
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** @throws RangeError if the bytes are not an answer with so many parts */
export function decodeParts(bytes: Uint8Array, count: number): AnswerPart[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: AnswerPart[] = [];
  let at = 0;
  while (parts.length < count && at + HEAD_BYTES <= bytes.byteLength) {
    const length = view.getUint32(at, true);
    at += HEAD_BYTES;
    if (length === NOT_THERE || length === LATER) {
      parts.push(length === LATER ? 'later' : 'not there');
      continue;
    }
    if (at + length > bytes.byteLength) break;
    parts.push(bytes.slice(at, at + length));
    at += length;
  }
  if (parts.length !== count || at !== bytes.byteLength)
    throw new RangeError('The answer does not hold what was asked for.');
  return parts;
}
