import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** A shorter answer is sent as it is. */
const COMPRESSED_BYTES = 16 * 1024;

const compress = promisify(gzip);

/** Answers with JSON, compressed if it is long and the client takes that. */
export async function sendJson(request: Request, response: Response, answer: object): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(answer));
  response.type('json').vary('Accept-Encoding');
  const isCompressed = bytes.length > COMPRESSED_BYTES && request.acceptsEncodings('gzip') === 'gzip';
  if (!isCompressed) {
    response.end(bytes);
    return;
  }
  response.set('Content-Encoding', 'gzip');
  response.end(await compress(bytes, { level: constants.Z_BEST_SPEED }));
}
