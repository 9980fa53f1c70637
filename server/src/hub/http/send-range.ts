import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { byteRange, cutOut } from './byte-range.js';
import { HttpError } from './http-error.js';

/**
 * Answers with bytes that come in pieces, or with the part of them that the client asks for.
 * @param what said to a client that asks for bytes which are not there
 */
export async function sendRange(
  { headers, method }: Request,
  response: Response,
  about: { readonly ETag: string } & Readonly<Record<string, string>>,
  pieces: AsyncIterable<Uint8Array>,
  { length, what }: { readonly length: number; readonly what: string },
): Promise<void> {
  const range = byteRange(headers, length, about.ETag);
  if (range === 'outside') {
    response.set('Content-Range', `bytes */${length}`);
    throw new HttpError(416, `${what} has ${length} bytes.`);
  }
  const { from, to } = range ?? { from: 0, to: length };
  if (range) response.set('Content-Range', `bytes ${from}-${to - 1}/${length}`);
  response.writeHead(range ? 206 : 200, { ...about, 'Accept-Ranges': 'bytes', 'Content-Length': to - from });
  if (method === 'HEAD') response.end();
  else await pipeline(cutOut(pieces, { from, to }), response);
}
