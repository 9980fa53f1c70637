import { API } from '@convscope/shared/protocol/addresses.js';
import { RUN_ACTION_LIMITS, runActionSchema } from '@convscope/shared/protocol/run-actions.js';
import type { Router } from 'express';
import type { RunCare } from '../run-care/run-care.js';
import { HttpError, parse } from './http-error.js';
import { jsonBody } from './json-body.js';
import { sendJson } from './send-json.js';

export const RUN_ACTION_BODY =
  'What is done to runs is said by a JSON body, such as {"action": "annotate", "runs": ["a"], "label": "the best"}.';

export function addRunActions(api: Router, care: RunCare): void {
  api.post(`/${API.runActions}`, jsonBody(RUN_ACTION_LIMITS.bodyBytes), async (request, response) => {
    const body: unknown = request.body;
    // express.json reads JSON only, which a form of a foreign page cannot send.
    if (typeof body !== 'object' || body === null) throw new HttpError(415, RUN_ACTION_BODY);
    await sendJson(request, response, { results: await care.do(parse(runActionSchema, body)) });
  });
  api.get(`/${API.trash}`, async (request, response) => {
    await sendJson(request, response, { runs: await care.deleted() });
  });
}
