import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { Request, Response } from 'express';
import { answerRoom, isLong } from './answer-room.js';
import { writeBytes } from './send-bytes.js';

/** A shorter answer is sent as it is. */
const COMPRESSED_BYTES = 16 * 1024;
/** Items of a list that are encoded between two looks at the time. */
const ITEMS = 64;

const compress = promisify(gzip);

/**
 * Answers with JSON, compressed if it is long and the client takes that. Long answers are made one at a time: pass a function
 * for one whose content takes much memory itself.
 */
export async function sendJson(
  request: Request,
  response: Response,
  answer: object | (() => object | Promise<object>),
): Promise<void> {
  let leave = () => {};
  let bytes: Buffer;
  try {
    const becomesLong = async () => {
      leave = await answerRoom.enter();
    };
    if (typeof answer === 'function') {
      await becomesLong();
      if (response.destroyed) return;
      bytes = await encodeJson(await answer());
    } else bytes = await encodeJson(answer, becomesLong);
    if (response.destroyed) return;
    response.type('json').vary('Accept-Encoding');
    if (bytes.length > COMPRESSED_BYTES && request.acceptsEncodings('gzip') === 'gzip') {
      response.set('Content-Encoding', 'gzip');
      bytes = await compress(bytes, { level: constants.Z_BEST_SPEED });
    }
    await answerRoom.hold(response, bytes.length);
  } finally {
    leave();
  }
  if (!response.destroyed) await writeBytes(response, bytes);
}

/**
 * What JSON.stringify says, in turns: the lists of an answer may have megabytes. They must not change meanwhile.
 * @param becomesLong is waited for when the answer turns out to be long
 */
export async function encodeJson(
  answer: object,
  becomesLong: () => Promise<void> = async () => undefined,
): Promise<Buffer> {
  const budget = new TimeBudget();
  const pieces: Buffer[] = [];
  let length = 0;
  let waitsNoMore = false;
  const add = (text: string) => {
    const piece = Buffer.from(text);
    pieces.push(piece);
    length += piece.length;
  };
  let before = '{';
  for (const [name, value] of Object.entries(answer)) {
    const text = Array.isArray(value) && value.length > ITEMS ? undefined : JSON.stringify(value);
    if (text !== undefined) add(`${before}${JSON.stringify(name)}:${text}`);
    else if (Array.isArray(value)) {
      add(`${before}${JSON.stringify(name)}:[`);
      for (let from = 0; from < value.length; from += ITEMS) {
        const items = JSON.stringify(value.slice(from, from + ITEMS)).slice(1, -1);
        add(from === 0 ? items : `,${items}`);
        if (!waitsNoMore && isLong(length)) {
          waitsNoMore = true;
          await becomesLong();
        }
        await budget.rest();
      }
      add(']');
    } else continue;
    before = ',';
  }
  add(before === '{' ? '{}' : '}');
  return Buffer.concat(pieces);
}
