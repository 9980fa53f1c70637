import { API } from '@convscope/shared/protocol/addresses.js';
import { RUN_ACTION_LIMITS, runActionSchema } from '@convscope/shared/protocol/run-actions.js';
import type { Router } from 'express';
import type { RunCare } from '../run-care/run-care.js';
import { parse } from './http-error.js';
import { jsonBody, postedJson } from './json-body.js';
import { sendJson } from './send-json.js';

export const RUN_ACTION_BODY =
  'What is done to runs is said by a JSON body, such as {"action": "annotate", "runs": ["a"], "label": "the best"}.';

export function addRunActions(api: Router, care: RunCare): void {
  api.post(`/${API.runActions}`, jsonBody(RUN_ACTION_LIMITS.bodyBytes), async (request, response) => {
    const action = parse(runActionSchema, postedJson(request, RUN_ACTION_BODY));
    await sendJson(request, response, { results: await care.do(action) });
  });
  api.get(`/${API.trash}`, async (request, response) => {
    await sendJson(request, response, { runs: await care.deleted() });
  });
}
