import type { CaptureHistory } from '@convscope/shared/answers/capture-history.js';
import type { Run } from '@convscope/shared/log-index/run.js';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { HISTORIES_LIMITS, type HistoriesRequest } from '@convscope/shared/protocol/history.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { encodeParts } from '@convscope/shared/protocol/parts.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import { parse } from './http-error.js';
import { jsonBody, postedJson } from './json-body.js';
import { sendBytes } from './send-bytes.js';

export const HISTORIES_BODY =
  'Histories are asked for with a JSON body, such as {"run": "a", "generation": 1, "histories": [{"tag": "maps", "kind": "tensor", "from": 0, "findDuplicates": true}]}.';

const natural = z.int().check(z.gte(0));
const question = z.object({
  tag: z.string().check(z.maxLength(LIMITS.tagLength)),
  kind: z.string().check(z.maxLength(32)),
  from: natural,
  findDuplicates: z.boolean(),
});
const body: z.ZodMiniType<HistoriesRequest> = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  generation: natural,
  histories: z.array(question).check(z.minLength(1), z.maxLength(HISTORIES_LIMITS.histories)),
});

/** @param findRun throws an HttpError for a run that is not there, or is of another generation */
export function addHistoriesRoute(
  api: Router,
  history: CaptureHistory,
  findRun: (id: string, generation: number) => Run,
): void {
  api.post(`/${HTTP.histories}`, jsonBody(HISTORIES_LIMITS.bodyBytes), async (request, response) => {
    const { run, generation, histories } = parse(body, postedJson(request, HISTORIES_BODY));
    const parts = await history.read(findRun(run, generation), histories);
    await sendBytes(response.type('application/octet-stream'), encodeParts(parts));
  });
}
