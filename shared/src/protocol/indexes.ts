/**
 * Rows of several indexes of a run in one answer (api/indexes): for each index that was asked for, in the same order, the
 * length of its rows in bytes as u32, little-endian, and the rows. A length of NOT_THERE stands for an index that the run
 * does not have, LATER for one that is to be asked for by itself.
 */

/** The JSON body of the request. */
export interface IndexesRequest {
  readonly run: string;
  readonly generation: number;
  /** Of each index: its tag and kind, and the first row that is wanted. */
  readonly indexes: readonly (readonly [tag: string, kind: string, from: number])[];
}

export const INDEXES_LIMITS = {
  indexes: 256,
  /** Rows beyond are left for later requests. */
  answerBytes: 4 * 1024 * 1024,
  /** The body of the POST. The page sends long tags in several requests. */
  bodyBytes: 1024 * 1024,
} as const;

const HEAD_BYTES = 4;
const NOT_THERE = 0xffffffff;
const LATER = 0xfffffffe;

/** What an answer says of one index. */
export type IndexPart = Uint8Array | 'not there' | 'later';

export function encodeIndexes(parts: readonly IndexPart[]): Uint8Array<ArrayBuffer> {
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

/** @throws RangeError if the bytes are not an answer with so many indexes */
export function decodeIndexes(bytes: Uint8Array, count: number): IndexPart[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: IndexPart[] = [];
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
    throw new RangeError('The answer does not hold the indexes that were asked for.');
  return parts;
}
