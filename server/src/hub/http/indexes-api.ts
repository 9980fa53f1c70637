import type { Run } from '@convscope/shared/log-index/run.js';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { INDEXES_LIMITS, type IndexesRequest } from '@convscope/shared/protocol/indexes.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { type AnswerPart, encodeParts } from '@convscope/shared/protocol/parts.js';
import { BLOB_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import { parse } from './http-error.js';
import { jsonBody, postedJson } from './json-body.js';
import { sendBytes } from './send-bytes.js';

export const INDEXES_BODY =
  'Several indexes are asked for with a JSON body, such as {"run": "a", "generation": 1, "indexes": [["maps", "image", 0]]}.';

const natural = z.int().check(z.gte(0));
const tag = z.string().check(z.maxLength(LIMITS.tagLength));
const kind = z.string().check(z.maxLength(32));
const body: z.ZodMiniType<IndexesRequest> = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  generation: natural,
  indexes: z.array(z.tuple([tag, kind, natural])).check(z.minLength(1), z.maxLength(INDEXES_LIMITS.indexes)),
});

/** @param findRun throws an HttpError for a run that is not there, or is of another generation */
export function addIndexesRoute(api: Router, findRun: (id: string, generation: number) => Run): void {
  api.post(`/${HTTP.indexes}`, jsonBody(INDEXES_LIMITS.bodyBytes), async (request, response) => {
    const { run, generation, indexes } = parse(body, postedJson(request, INDEXES_BODY));
    const known = findRun(run, generation);
    let left: number = INDEXES_LIMITS.answerBytes;
    const parts = indexes.map(([tag, kind, from]): AnswerPart => {
      const column = kind === 'scalar' ? null : known.column(tag, kind);
      if (!column) return 'not there';
      left -= Math.max(0, column.rows - from) * BLOB_ROW_BYTES;
      return left < 0 ? 'later' : column.bytes(from);
    });
    await sendBytes(response.type('application/octet-stream'), encodeParts(parts));
  });
}
