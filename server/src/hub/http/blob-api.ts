import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { API } from '@convscope/shared/protocol/addresses.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { answerRoom, isLong } from './answer-room.js';
import { isKnown } from './byte-range.js';
import { type BlobPart, type FoundBlob, findBlob, partOf } from './find-blob.js';
import { HttpError, parse } from './http-error.js';
import { inPieces } from './send-bytes.js';
import { sendRange } from './send-range.js';

/** A larger event is not decoded for one of its pictures; all of it can be had. */
const DECODED_BYTES = 64 * 1024 * 1024;
/** The same of a text, which is decoded in one go, and is three times as long if it is not UTF-8. */
const DECODED_TEXT_BYTES = 8 * 1024 * 1024;

/** What a client is told that asks for bytes beyond its end. */
const WHAT = 'The record';

const natural = z.pipe(z.string().check(z.regex(/^\d{1,6}$/)), z.transform(Number));
const integer = z.pipe(z.string().check(z.regex(/^-?\d{1,16}$/)), z.transform(Number));
const blobQuery = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  tag: z.string().check(z.maxLength(LIMITS.tagLength)),
  kind: z.optional(z.string().check(z.maxLength(32))),
  /** The newest record by default. */
  step: z.optional(integer),
  /** Which picture or text of the record; the whole event without it. */
  index: z.optional(natural),
});

export function addBlobRoute(api: Router, logdir: Logdir): void {
  api.get(`/${API.blob}`, async (request, response) => {
    const { run: id, tag, kind, step, index } = parse(blobQuery, request.query);
    const run = logdir.runs.get(id);
    if (!run) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
    const found = findBlob(run, tag, kind, step);
    if (!found)
      throw new HttpError(
        404,
        'The run has no record of this tag and kind at this step that is not a scalar.',
      );
    const { file, offset, length } = found;
    // Generations are never used twice, so the same tag always stands for the same bytes.
    const etag = `"${[run.generation, file, offset, length, found.value, index ?? 'all'].join('-')}"`;
    const about = {
      ETag: etag,
      // Another record may have the newest step by then, or take the place of this one.
      'Cache-Control': 'private, no-cache',
      'X-Convscope-Step': String(found.step),
    };
    if (isKnown(request.headers, etag)) {
      response.writeHead(304, about).end();
      return;
    }
    const pieces = await logdir.event(id, file, offset, length);
    if (!pieces) throw new HttpError(404, 'The file of this record was just replaced; ask again.');
    if (index === undefined) {
      await answerRoom.holdStream(response, length);
      const whole = { ...about, 'Content-Type': 'application/octet-stream' };
      return sendRange(request, response, whole, pieces, { length, what: WHAT });
    }
    const most = found.column.kind === 'text' ? DECODED_TEXT_BYTES : DECODED_BYTES;
    if (length > most)
      throw new HttpError(413, `A record of more than ${most / 2 ** 20} MB is given only as a whole.`);
    const leave = isLong(length) ? await answerRoom.enter() : () => {};
    let part: BlobPart | null;
    try {
      part = decodedPart(await gathered(pieces), found, index);
      if (!part) throw new HttpError(404, noPart(found));
      await answerRoom.hold(response, part.bytes.length);
    } finally {
      leave();
    }
    const { type, bytes } = part;
    const all = { length: bytes.length, what: WHAT };
    await sendRange(request, response, { ...about, 'Content-Type': type }, inPieces(bytes), all);
  });
}

/** @throws HttpError if the record cannot be decoded, which is a fault of the log and not of the hub */
function decodedPart(data: Uint8Array, found: FoundBlob, index: number): BlobPart | null {
  try {
    return partOf(data, found, index);
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    throw new HttpError(
      422,
      `The record cannot be decoded: ${error.message} All of it can be had without an index.`,
    );
  }
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

function noPart({ column: { kind } }: FoundBlob): string {
  return ['image', 'channels', 'text'].includes(kind)
    ? 'The record has fewer pictures or texts.'
    : `A record of the kind "${kind}" is given only as a whole, without an index.`;
}
