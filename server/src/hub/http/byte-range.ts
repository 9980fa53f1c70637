import type { IncomingHttpHeaders } from 'node:http';

/** The bytes `from` to `to`, without the one at `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a request wants of `length` bytes: a part of them, null for all, or 'outside' when there are no such bytes. Several
 * ranges at once are answered with all bytes, which RFC 9110 allows, and so is a part of what has changed since.
 */
export function byteRange(
  headers: IncomingHttpHeaders,
  length: number,
  etag: string,
): ByteRange | null | 'outside' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '');
  const condition = headers['if-range'];
  if (!match || (match[1] === '' && match[2] === '') || (condition !== undefined && condition !== etag))
    return null;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  return from < to ? { from, to } : 'outside';
}

/** Whether the client has these bytes already. */
export function isKnown(headers: IncomingHttpHeaders, etag: string): boolean {
  const known = headers['if-none-match'];
  return known === '*' || (known ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** The part of bytes that come in pieces. */
export async function* cutOut(
  pieces: AsyncIterable<Uint8Array>,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (part.length > 0) yield part;
    at += piece.length;
    if (at >= to) return;
  }
}
