import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { Request, Response } from 'express';

/** A shorter answer is sent as it is. */
const COMPRESSED_BYTES = 16 * 1024;
/** Items of a list that are encoded between two looks at the time. */
const ITEMS = 64;

const compress = promisify(gzip);

/** Answers with JSON, compressed if it is long and the client takes that. */
export async function sendJson(request: Request, response: Response, answer: object): Promise<void> {
  const bytes = await encodeJson(answer);
  response.type('json').vary('Accept-Encoding');
  const isCompressed = bytes.length > COMPRESSED_BYTES && request.acceptsEncodings('gzip') === 'gzip';
  if (!isCompressed) {
    response.end(bytes);
    return;
  }
  response.set('Content-Encoding', 'gzip');
  response.end(await compress(bytes, { level: constants.Z_BEST_SPEED }));
}

/** What JSON.stringify says, in turns: the lists of an answer may have megabytes. They must not change meanwhile. */
export async function encodeJson(answer: object): Promise<Buffer> {
  const budget = new TimeBudget();
  const pieces: Buffer[] = [];
  const add = (text: string) => pieces.push(Buffer.from(text));
  let before = '{';
  for (const [name, value] of Object.entries(answer)) {
    const text = Array.isArray(value) && value.length > ITEMS ? undefined : JSON.stringify(value);
    if (text !== undefined) add(`${before}${JSON.stringify(name)}:${text}`);
    else if (Array.isArray(value)) {
      add(`${before}${JSON.stringify(name)}:[`);
      for (let from = 0; from < value.length; from += ITEMS) {
        const items = JSON.stringify(value.slice(from, from + ITEMS)).slice(1, -1);
        add(from === 0 ? items : `,${items}`);
        await budget.rest();
      }
      add(']');
    } else continue;
    before = ',';
  }
  add(before === '{' ? '{}' : '}');
  return Buffer.concat(pieces);
}
