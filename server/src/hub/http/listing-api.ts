import { listTags } from '@convscope/shared/answers/series/list-tags.js';
import { API } from '@convscope/shared/protocol/addresses.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { sendJson } from './send-json.js';

export function addListingRoute(api: Router, logdir: Logdir): void {
  api.get(`/${API.listing}`, async (request, response) => {
    // Before that it would say that there are no runs.
    await logdir.scanned;
    await sendJson(request, response, () => new TimeBudget().do(listTags(logdir)));
  });
}
